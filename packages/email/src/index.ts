export { renderMail, type RenderedMail } from './render-mail.ts';
export { createMailSender } from './smtp/create-mail-sender.ts';
export type { MailSenderOptions } from './smtp/mail-sender-options.ts';
