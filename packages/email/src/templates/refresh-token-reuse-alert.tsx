import { blanks } from '../blanks.ts';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const refreshTokenReuseAlert: Template = {
  subject: (words, app) => words.refreshTokenReuseAlert.subject(app),
  heading: (words) => words.refreshTokenReuseAlert.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.refreshTokenReuseAlert.intro(app, blanks.time)}</Paragraph>
      <Paragraph>
        {words.refreshTokenReuseAlert.device(blanks.device)}
        <br />
        {words.refreshTokenReuseAlert.address(blanks.address)}
      </Paragraph>
      <Paragraph>{words.refreshTokenReuseAlert.notYou(app)}</Paragraph>
    </>
  ),
};
