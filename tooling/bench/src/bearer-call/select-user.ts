import { Pool } from 'pg';

const TEXT = `select u.id, u.email, u.username, u.locale, u.is_active, u.email_verified_at, u.created_at, u.updated_at,
  s.expires_at, s.revoked_at from users u left join sessions s on s.id = $1 and s.user_id = u.id where u.id = $2`;

interface Row {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly locale: string;
  readonly is_active: boolean;
  readonly email_verified_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The one select of a bearer call, prepared, on a pool as large as the service's; answers what the service would. */
export const openSelect = (sessionId: string, userId: string) => {
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
  return async () => {
    const { rows } = await pool.query<Row>({ name: 'bare', text: TEXT, values: [sessionId, userId] });
    return rows.map((row) => ({
      id: row.id,
      email: row.email,
      username: row.username,
      is_active: row.is_active,
      is_email_verified: row.email_verified_at !== null,
      email_verified_at: row.email_verified_at,
      locale: row.locale,
      created_at: row.created_at,
      updated_at: row.updated_at,
    }))[0];
  };
};
