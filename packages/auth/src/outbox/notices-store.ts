import { NOTICE_KINDS, type NoticeKind } from '@moonlight/contracts';
import { accountNotices, type Tx, users } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';

interface CountedNotice {
  readonly userId: string;
  readonly kind: NoticeKind;
  readonly now: Date;
  /** When the window ends that begins with this notice. */
  readonly windowEndsAt: Date;
  /** The number of notices that are mailed in one window. */
  readonly limit: number;
}

/**
 * Counts a notice to an account, in one statement: held back if the window has `limit` already. Returns the recipient,
 * and whether the notice is held back; undefined if the account does not exist or its email is not verified, which counts
 * nothing. Parallel calls for an account wait for each other's transactions.
 */
export const countNotice = async (tx: Tx, { userId, kind, now, windowEndsAt, limit }: CountedNotice) => {
  const at = now.toISOString();
  const isOver = sql`(notices.held is null and notices.window_ends_at <= ${at}::timestamptz)`;
  const heldBefore = sql`coalesce((notices.held -> ${kind}::text ->> 'count')::int, 0)`;
  const held = sql`coalesce(notices.held, '{}') ||
    jsonb_build_object(${kind}::text, jsonb_build_object('count', ${heldBefore} + 1, 'lastAt', ${at}::text))`;
  const counted = tx.$with('counted', {
    userId: sql<string>`user_id`.as('user_id'),
    isHeld: sql<boolean>`is_held`.as('is_held'),
  }).as(sql`
    insert into ${accountNotices} as notices (user_id, window_ends_at, mailed)
    select ${users.id}, ${windowEndsAt.toISOString()}::timestamptz, 1 from ${users}
    where ${users.id} = ${userId}::uuid and ${users.emailVerifiedAt} is not null
    on conflict (user_id) do update set
      window_ends_at = case when ${isOver} then excluded.window_ends_at else notices.window_ends_at end,
      mailed = case when ${isOver} then 1 else least(notices.mailed + 1, ${limit}::int) end,
      held = case when ${isOver} or notices.mailed < ${limit}::int then null else ${held} end
    returning user_id, held is not null as is_held`);
  const rows = await tx
    .with(counted)
    .select({ to: users.email, username: users.username, locale: users.locale, isHeld: counted.isHeld })
    .from(counted)
    .innerJoin(users, eq(users.id, counted.userId));
  return rows[0];
};

type HeldNotices = Partial<Record<NoticeKind, { readonly count: number; readonly lastAt: string }>>;

/**
 * Removes up to `batch` windows that ended with notices held back, and returns these notices with their recipients. Two
 * workers never get the same window. A window with a kind that only a newer release knows is left to its workers.
 */
export const takeEndedWindows = (tx: Tx, { now, batch }: { now: Date; batch: number }) => {
  const ended = sql`
    select user_id from ${accountNotices}
    where held is not null and window_ends_at <= ${now.toISOString()}::timestamptz
      and held - ${sql.param([...NOTICE_KINDS])}::text[] = '{}'
    order by window_ends_at limit ${batch} for update skip locked`;
  // As an array the batch is selected only once.
  const taken = tx.$with('taken', {
    userId: sql<string>`user_id`.as('user_id'),
    held: sql<HeldNotices>`held`.as('held'),
  }).as(sql`
    delete from ${accountNotices} where user_id = any (array(${ended})) returning user_id, held`);
  return tx
    .with(taken)
    .select({ to: users.email, username: users.username, locale: users.locale, held: taken.held })
    .from(taken)
    .innerJoin(users, eq(users.id, taken.userId));
};
