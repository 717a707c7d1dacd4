import type { ServerResponse } from 'node:http';

// A mail may style itself and show pictures it carries. It may not run anything or fetch anything, so opening one
// tells nobody that it was read.
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

const COMMON = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { ...COMMON, 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
};

interface Html {
  readonly status: number;
  readonly body: string;
  readonly isMail?: boolean;
}

export const sendHtml = (response: ServerResponse, { status, body, isMail = false }: Html): void => {
  response.writeHead(status, {
    ...COMMON,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': isMail ? MAIL_POLICY : PAGE_POLICY,
  });
  response.end(body);
};
