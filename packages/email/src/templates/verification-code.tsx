import { blanks } from '../blanks.ts';
import { Code } from '../components/code.tsx';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const verificationCode: Template = {
  subject: (words, app) => words.verificationCode.subject(app),
  heading: (words) => words.verificationCode.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.verificationCode.intro(app)}</Paragraph>
      <Code code={blanks.code} />
      <Paragraph>{words.codeLives(blanks.lifetime)}</Paragraph>
      <Paragraph>{words.keepCodeSecret(app)}</Paragraph>
      <Paragraph>{words.verificationCode.notYou(app)}</Paragraph>
    </>
  ),
};
