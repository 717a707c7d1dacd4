export interface MailSenderOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (MAIL_USE_SSL). */
  readonly secure: boolean;
  /** STARTTLS or nothing (MAIL_USE_TLS). Without either, STARTTLS is used where the server offers it. */
  readonly requireTls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly sender: { readonly name: string; readonly email: string };
  readonly appName: string;
  /** Connections kept open at most, and so mails on their way at the same time; 10 unless told. */
  readonly connections?: number | undefined;
}
