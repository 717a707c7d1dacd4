import { blanks } from '../blanks.ts';
import { Action } from '../components/action.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const verificationLink: Template = {
  subject: (words, app) => words.verificationLink.subject(app),
  heading: (words) => words.verificationLink.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.verificationLink.intro(app)}</Paragraph>
      <Action url={blanks.url} label={words.verificationLink.action} openAddress={words.openAddress} />
      <Paragraph>{words.linkLives(blanks.lifetime)}</Paragraph>
      <Paragraph>{words.verificationLink.notYou(app)}</Paragraph>
    </>
  ),
};
