/** A refusal with the reply code SMTP shows the sender. */
export interface Refusal extends Error {
  readonly responseCode: number;
}

const refusal = (responseCode: number, message: string): Refusal => Object.assign(new Error(message), { responseCode });

/** What the page tells about addresses that misbehave on purpose. */
export const BEHAVIOURS = [
  { prefix: 'reject-550', code: 550, says: 'Refused for good, as an unknown mailbox would be' },
  { prefix: 'defer-451', code: 451, says: 'Refused for now, as a busy server would' },
] as const;

/** How the inbox answers RCPT TO: undefined is yes. Lets a test see what a sender makes of a refusal. */
export const refusalFor = (address: string): Refusal | undefined => {
  const behaviour = BEHAVIOURS.find(({ prefix }) => address.toLowerCase().startsWith(prefix));
  return behaviour && refusal(behaviour.code, behaviour.says);
};
