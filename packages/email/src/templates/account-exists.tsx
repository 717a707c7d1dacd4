import { blanks } from '../blanks.ts';
import { Action } from '../components/action.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const accountExists: Template = {
  subject: (words, app) => words.accountExists.subject(app),
  heading: (words) => words.accountExists.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.accountExists.intro(app)}</Paragraph>
      <Action url={blanks.loginUrl} label={words.accountExists.logIn} openAddress={words.openAddress} />
      <Action url={blanks.resetUrl} label={words.accountExists.reset} openAddress={words.openAddress} />
      <Paragraph>{words.accountExists.notYou(app)}</Paragraph>
    </>
  ),
};
