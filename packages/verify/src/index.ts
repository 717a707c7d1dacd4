export { type BearerOptions, bearerToken, claimsOf, optionalClaimsOf } from './bearer.ts';
export { type AccessClaims, createVerifier, type Verifier, type VerifierOptions } from './create-verifier.ts';
export type { User } from './service-requests.ts';
export { VerifyError, type VerifyErrorCode } from './verify-error.ts';
