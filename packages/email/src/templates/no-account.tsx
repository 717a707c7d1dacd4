import { blanks } from '../blanks.ts';
import { Action } from '../components/action.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const noAccount: Template = {
  subject: (words, app) => words.noAccount.subject(app),
  heading: (words) => words.noAccount.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.noAccount.intro(app)}</Paragraph>
      <Action url={blanks.registerUrl} label={words.noAccount.action} openAddress={words.openAddress} />
      <Paragraph>{words.noAccount.notYou(app)}</Paragraph>
    </>
  ),
};
