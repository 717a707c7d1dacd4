import { z } from 'zod';
import { limitVariables } from './limits.ts';
import { cidrs, databaseUrl, flag, list, port, redisUrls, secret, webOrigin, webUrl, whole } from './variable-kinds.ts';

// Each variable carries the sentence that .env.example shows for it. A default that depends on other variables is in the
// sentence and is computed by load-config.ts.

const service = {
  APP_NAME: z
    .string()
    .regex(/^[^\p{Cc}]{1,64}$/u, 'must be 1 to 64 characters without control characters')
    .default('Moonlight')
    .describe('The name in pages and mails.'),
  APP_ENV: z
    .enum(['development', 'test', 'staging', 'production'])
    .default('development')
    .describe('development, test, staging or production; staging and production refuse development-only defaults.'),
  SECRET_KEY: secret
    .optional()
    .describe(
      'Every other key is derived from it; 32 bytes or more. Make one with: openssl rand -base64 48. ' +
        'Default in development: generated once in DATA_DIR.',
    ),
  SECRET_KEY_PREVIOUS: list
    .pipe(z.array(secret).max(4, 'must be 4 secrets or fewer'))
    .default([])
    .describe(
      'Older secrets, separated by commas: what they sealed and signed stays valid while SECRET_KEY is changed.',
    ),
  DATA_DIR: z
    .string()
    .default('.moonlight')
    .describe('The folder of the bundled database and of the generated secret.'),
};

const addresses = {
  HOST: z.string().default('127.0.0.1').describe('The address that the API, the worker and the web server listen on.'),
  PORT: port.default(3000).describe('The port of the API. 0 means any free port; the start prints it.'),
  WEB_PORT: port.default(5173).describe('The port of the pages.'),
  INBOX_PORT: port.default(1080).describe('The port of the development inbox.'),
  WORKER_PORT: port.default(0).describe("The port of the worker's health and metrics."),
  METRICS_PORT: port
    .optional()
    .describe("A separate port for the API's metrics. Default: PORT in development, else none."),
  PUBLIC_URL: webUrl
    .optional()
    .describe('The URL of the API as users reach it, and the issuer of tokens. Default: http://localhost:PORT.'),
  FRONTEND_URL: webUrl
    .optional()
    .describe('The URL of the pages that mailed links point to. Default: http://localhost:WEB_PORT.'),
  CORS_ORIGINS: list
    .pipe(z.array(webOrigin))
    .optional()
    .describe('The origins whose pages may call the API, separated by commas. Default: the origin of FRONTEND_URL.'),
  TRUST_PROXY: cidrs
    .default([])
    .describe(
      'Proxies whose X-Forwarded-For is trusted: IP addresses or CIDR ranges, separated by commas. ' +
        'staging and production refuse ranges that are wider than a private network (/8, IPv6: /7).',
    ),
  PUBLIC_URL_ALLOW_HTTP: flag
    .default(false)
    .describe('true lets production accept a PUBLIC_URL with http; it requires TRUST_PROXY.'),
};

const stores = {
  DATABASE_URL: databaseUrl
    .optional()
    .describe('PostgreSQL 14 or newer, such as postgresql://user:password@host:5432/database. Default: a bundled one.'),
  DATABASE_POOL_SIZE: whole(1, 1000).default(10).describe('Database connections of one process.'),
  MIGRATE_ON_START: flag
    .optional()
    .describe(
      'true: API and worker update the tables when they start. false: they do not start until `moonlight migrate` has. ' +
        'Default: false in production, else true.',
    ),
  DATABASE_PREPARED_STATEMENTS: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'Whether statements are prepared: auto, on or off. auto finds out at the start whether a pooler keeps them.',
    ),
  REDIS_URL: redisUrls
    .optional()
    .describe(
      'Redis for queue and limits; several URLs, separated by commas, are a cluster, or Sentinels with ?sentinel=<master> on the first. Default: PostgreSQL.',
    ),
};

const tokens = {
  JWT_ALGORITHM: z
    .enum(['ES256', 'HS256'])
    .optional()
    .describe('How access tokens are signed: ES256 or HS256. Default: ES256, or HS256 with JWT_SECRET_KEY.'),
  JWT_SECRET_KEY: secret
    .optional()
    .describe('Selects HS256; 32 bytes or more. Make one with: openssl rand -base64 48.'),
  JWT_AUDIENCE: z.string().max(512).optional().describe('The audience of access tokens. Default: PUBLIC_URL.'),
  JWT_CLIENT_ID: z.string().max(512).default('moonlight').describe('The client_id of access tokens (RFC 9068).'),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 1440).default(30).describe('Lifetime of an access token.'),
  REFRESH_TOKEN_EXPIRE_DAYS: whole(1, 365).default(7).describe('Lifetime of a session that is not refreshed.'),
  SESSIONS_PER_ACCOUNT: whole(1, 100)
    .default(50)
    .describe('Sessions of one account. One more ends the least recently used one.'),
  SESSION_MAX_DAYS: whole(1, 3650).default(90).describe('Lifetime of a session, even if it is refreshed.'),
  REFRESH_REUSE_GRACE_SECONDS: whole(10, 300)
    .default(10)
    .describe('How long a refresh token that was just replaced is still accepted; clients retry for up to 10 seconds.'),
};

const lifetimes = {
  EMAIL_VERIFICATION_EXPIRE_MINUTES: whole(1, 10_080).default(15).describe('Lifetime of a verification link.'),
  PASSWORD_RESET_EXPIRE_MINUTES: whole(1, 1440).default(30).describe('Lifetime of a password reset link.'),
  VERIFICATION_CODE_EXPIRE_MINUTES: whole(1, 1440).default(10).describe('Lifetime of a 6-digit code.'),
};

const mail = {
  MAIL_SERVER: z.string().optional().describe('The SMTP server. Default: the development inbox of `npm start`.'),
  MAIL_PORT: port.optional().describe('The port of the SMTP server. Default: 465, or 587 with STARTTLS or SMTP_HOST.'),
  MAIL_USE_SSL: flag
    .optional()
    .describe('true means TLS from the first byte. Default: true, or false with STARTTLS or SMTP_HOST.'),
  MAIL_USE_TLS: flag.optional().describe('true means STARTTLS. Default: false.'),
  MAIL_ALLOW_PLAINTEXT: flag
    .default(false)
    .describe('true lets staging and production send mails without TLS; a server on loopback needs no permission.'),
  MAIL_USERNAME: z
    .string()
    .optional()
    .describe('The user at the SMTP server. If it is set without MAIL_SERVER, the server is smtp.gmail.com.'),
  MAIL_PASSWORD: z.string().optional().describe('The password at the SMTP server; the mail provider issues it.'),
  MAIL_SENDER_NAME: z.string().max(128).optional().describe('The name in the From header. Default: APP_NAME.'),
  MAIL_SENDER_EMAIL: z
    .email('must be an email address')
    .optional()
    .describe(
      'The address in the From header. Default: MAIL_USERNAME if it is an address, else no-reply@ the host of PUBLIC_URL.',
    ),
  SMTP_HOST: z.string().optional().describe('Used if MAIL_SERVER is not set.'),
  SMTP_PORT: port.optional().describe('Used if MAIL_PORT is not set.'),
  SMTP_USER: z.string().optional().describe('Used if MAIL_USERNAME is not set.'),
  SMTP_PASSWORD: z.string().optional().describe('Used if MAIL_PASSWORD is not set.'),
  SMTP_TLS: flag.optional().describe('true means STARTTLS; used if MAIL_USE_TLS is not set.'),
};

// Names that let their owner pose as the service or its operators; from RFC 2142 those of its mailboxes.
const RESERVED =
  'admin administrator sysadmin superuser root system moderator staff official support help helpdesk contact billing ' +
  'security abuse postmaster hostmaster webmaster noreply';

const accounts = {
  ACCOUNT_PRIVACY: z
    .enum(['open', 'strict'])
    .default('open')
    .describe('open or strict; with strict, callers cannot find out which addresses have accounts.'),
  REQUIRE_VERIFIED_EMAIL: flag.default(false).describe('Refuses the login of accounts with an unverified email.'),
  UNVERIFIED_ACCOUNT_HOURS: whole(1, 8760)
    .default(24)
    .describe('After this time, another registration may replace an account with an unverified email.'),
  ACCOUNT_DELETION_DAYS: whole(0, 365)
    .default(7)
    .describe('How long an account can be restored after its deletion was asked for; 0 erases it at once.'),
  RESERVED_USERNAMES: list
    .default(RESERVED.split(' '))
    .describe(
      'Usernames that cannot be registered, separated by commas, in any case. APP_NAME is always one of them. ' +
        'Default: admin, root, support and others (packages/config/src/env.ts).',
    ),
  AUDIT_RETENTION_DAYS: whole(1, 3650)
    .default(365)
    .describe('How long the audit log is kept; whole months are removed.'),
  ARGON2_MEMORY_KIB: whole(8192, 1_048_576)
    .default(19_456)
    .describe('Memory of one password hash. If a cost is raised, existing hashes are upgraded at the next login.'),
  ARGON2_ITERATIONS: whole(1, 16).default(2).describe('Passes of one password hash over its memory.'),
  ARGON2_PARALLELISM: whole(1, 16).default(1).describe('Lanes of one password hash.'),
  CAPTCHA_PROVIDER: z
    .enum(['altcha', 'turnstile', 'hcaptcha', 'none'])
    .default('altcha')
    .describe('The captcha of password resets and of suspicious requests: altcha, turnstile, hcaptcha or none.'),
  CAPTCHA_SECRET: z
    .string()
    .optional()
    .describe('Turnstile and hCaptcha issue it. For ALTCHA: 32 bytes or more, default SECRET_KEY.'),
  CAPTCHA_VERIFY_URL: webUrl.optional().describe("The URL that checks a captcha. Default: the provider's."),
};

const operation = {
  DEBUG: flag.default(false).describe('true means LOG_LEVEL=debug and DOCS=true, unless these are set.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .optional()
    .describe('fatal, error, warn, info, debug, trace or silent. Default: info, or debug with DEBUG=true.'),
  ACCESS_LOG: flag
    .optional()
    .describe('Writes one line about each request, at level info. Default: true, but false in development.'),
  LOG_FILE: z.string().optional().describe('A file for JSON logs, which is renamed daily. Default: no file.'),
  SHUTDOWN_DELAY_SECONDS: whole(0, 300)
    .optional()
    .describe(
      'How long the API still accepts calls after SIGTERM, while its readiness is 503. Default: 5 in staging and production, else 0.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl
    .optional()
    .describe('Sends traces to this OpenTelemetry collector (OTLP over HTTP). Default: no traces.'),
  DOCS: flag
    .optional()
    .describe('Serves the API reference at /docs and /openapi.json. Default: true, but false in production.'),
};

/** Every variable that the service reads, by topic, in the order of the documentation. */
export const variableGroups = {
  Service: service,
  'Addresses and ports': addresses,
  'PostgreSQL and Redis': stores,
  'Tokens and sessions': tokens,
  'Links and codes': lifetimes,
  Mail: mail,
  Accounts: accounts,
  'Logs and docs': operation,
  Limits: limitVariables,
} satisfies Record<string, Readonly<Record<string, z.ZodType>>>;

export const envSchema = z.object({
  ...service,
  ...addresses,
  ...stores,
  ...tokens,
  ...lifetimes,
  ...mail,
  ...accounts,
  ...operation,
  ...limitVariables,
});

export type Env = z.infer<typeof envSchema>;
