import { blanks } from '../blanks.ts';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const sessionEnded: Template = {
  subject: (words, app) => words.sessionEnded.subject(app),
  heading: (words) => words.sessionEnded.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.sessionEnded.intro(app, blanks.time)}</Paragraph>
      <Paragraph>
        {words.sessionEnded.device(blanks.device)}
        <br />
        {words.sessionEnded.address(blanks.address)}
      </Paragraph>
      <Paragraph>{words.sessionEnded.notYou(app)}</Paragraph>
    </>
  ),
};
