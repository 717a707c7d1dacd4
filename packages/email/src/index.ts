export { renderMail, type RenderedMail } from './render-mail.tsx';
export { createMailSender, type MailSenderOptions } from './smtp/create-mail-sender.ts';
