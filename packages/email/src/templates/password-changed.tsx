import { blanks } from '../blanks.ts';
import { Paragraph } from '../components/paragraph.tsx';
import type { Template } from './template.ts';

export const passwordChanged: Template = {
  subject: (words, app) => words.passwordChanged.subject(app),
  heading: (words) => words.passwordChanged.heading,
  body: (words, app) => (
    <>
      <Paragraph>{blanks.greeting}</Paragraph>
      <Paragraph>{words.passwordChanged.intro(app, blanks.time)}</Paragraph>
      <Paragraph>{words.passwordChanged.notYou(app)}</Paragraph>
    </>
  ),
};
