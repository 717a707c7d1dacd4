declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  /** Opens a file that is rolled by time; resolves once it can be written to. */
  export default function roll(options: {
    readonly file: string;
    readonly frequency: 'daily' | 'hourly';
    readonly mkdir: boolean;
  }): Promise<DestinationStream>;
}
