/** Finds the name of the unique index an insert or update ran into; Drizzle keeps PostgreSQL's error as the cause. */
export const violatedUniqueIndex = (error: unknown): string | undefined => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if ('code' in current && current.code === '23505' && 'constraint' in current) return String(current.constraint);
  return undefined;
};
