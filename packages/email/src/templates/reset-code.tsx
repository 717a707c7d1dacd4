import { blanks } from '../blanks.ts';
import { Code } from '../components/code.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const resetCode: Template = {
  subject: (words, app) => words.resetCode.subject(app),
  heading: (words) => words.resetCode.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.resetCode.intro(app)}</Paragraph>
      <Code code={blanks.code} />
      <Paragraph>{words.codeLives(blanks.lifetime)}</Paragraph>
      <Paragraph>{words.keepCodeSecret(app)}</Paragraph>
      <Paragraph>{words.resetCode.notYou(app)}</Paragraph>
    </>
  ),
};
