import { blanks } from '../blanks.ts';
import { Action } from '../components/action.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const resetLink: Template = {
  subject: (words, app) => words.resetLink.subject(app),
  heading: (words) => words.resetLink.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.resetLink.intro(app)}</Paragraph>
      <Action url={blanks.url} label={words.resetLink.action} openAddress={words.openAddress} />
      <Paragraph>{words.resetLinkLives(blanks.lifetime)}</Paragraph>
      <Paragraph>{words.resetLink.notYou(app)}</Paragraph>
    </>
  ),
};
