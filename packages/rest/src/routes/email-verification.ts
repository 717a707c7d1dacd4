import { CAPTCHA_ERRORS, type RoutesOf } from '../route.ts';

type Procedure = 'send' | 'resend' | 'confirm' | 'reject' | 'inspect';

export const emailVerificationRoutes: RoutesOf<`emailVerification.${Procedure}`> = {
  'emailVerification.send': {
    paths: [['POST', '/email/verify/send']],
    message: () => 'verificationSent',
    tag: 'Email',
    summary: 'Send a new verification link by email',
    description: 'Invalidates the links that were sent before.',
    errors: ['EMAIL_ALREADY_VERIFIED', 'RATE_LIMITED'],
  },
  'emailVerification.resend': {
    paths: [['POST', '/email/verify/resend']],
    message: () => 'verificationSent',
    tag: 'Email',
    summary: 'Send a new verification link without a session',
    description:
      'For an account that cannot log in before its email address is verified. Invalidates the links that were sent before. With `ACCOUNT_PRIVACY=strict` the answer is the same for every email address.',
    errors: [...CAPTCHA_ERRORS, 'EMAIL_NOT_REGISTERED', 'EMAIL_ALREADY_VERIFIED', 'RATE_LIMITED'],
  },
  'emailVerification.confirm': {
    paths: [
      ['GET', '/email/verify/{token}'],
      ['POST', '/email/verify/{token}'],
      ['GET', '/verify/{token}'],
      ['POST', '/verify/{token}'],
    ],
    message: ({ status }) => (status === 'verified' ? 'verified' : 'alreadyVerified'),
    page: true,
    tag: 'Email',
    summary: 'Verify the email address of a link',
    description:
      'Verifies the email address and answers with JSON. If `Accept` names `text/html` and does not give JSON a greater weight, the answer is a page: GET says who registered and does not use the link, and its buttons send a POST that verifies or rejects. Using the same link again answers `already_verified`.',
    errors: ['LINK_INVALID', 'LINK_EXPIRED'],
  },
  'emailVerification.reject': {
    paths: [
      ['POST', '/email/verify/{token}/reject'],
      ['POST', '/verify/{token}/reject'],
    ],
    message: () => 'registrationRejected',
    page: true,
    tag: 'Email',
    summary: 'Remove the account of a link: “This was not me”',
    description:
      'For the owner of an email address that another person registered. Removes the account if its email address was never verified, and ends its sessions. The email address and the username can be registered again.',
    errors: ['LINK_INVALID', 'LINK_EXPIRED', 'EMAIL_ALREADY_VERIFIED'],
  },
  'emailVerification.inspect': { reason: 'GET of the link answers browsers with a page that says the same' },
};
