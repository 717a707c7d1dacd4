export { type FaultySmtp, type SmtpMode, startFaultySmtp } from './testing/faulty-smtp.ts';
