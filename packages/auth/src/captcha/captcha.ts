/** One way to tell people from programs. */
export interface Captcha {
  /** A fresh challenge as the provider's widget wants it; absent for providers that hand out their own. */
  challenge?(): Promise<Readonly<Record<string, unknown>>>;
  /** Whether the widget's payload is a genuine, unexpired solution; a solution counts once. False when in doubt. */
  verify(payload: string, ip: string): Promise<boolean>;
}
