/** A password as it is compared with what is common: compatibility forms (NFKC, full-width letters say) and case are one. */
export const foldPassword = (password: string): string => password.normalize('NFKC').toLowerCase();
