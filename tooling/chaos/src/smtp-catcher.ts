import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

// Started as a process of its own, and killed by the run. Arguments: the port and a file, to which it appends one line for
// each mail before it answers "250": milliseconds, recipient, Message-ID.
const [port = '0', file = ''] = process.argv.slice(2);

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, { envelope }, answer) => {
    void text(stream).then((mail) => {
      const messageId = /^Message-ID: (.+)$/im.exec(mail)?.[1]?.trim() ?? '';
      appendFileSync(file, `${Date.now()} ${envelope.rcptTo.map(({ address }) => address).join()} ${messageId}\n`);
      answer();
    }, answer);
  },
});
server.on('error', () => undefined); // The run kills the senders.
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
