import { auditLog, type Executor } from '@moonlight/db';

export const insertAuditRow = async (tx: Executor, row: typeof auditLog.$inferInsert): Promise<void> => {
  await tx.insert(auditLog).values(row);
};
