import { SMTPServer } from 'smtp-server';

// Started as a process of its own: accepts every mail and forgets it.
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, _session, callback) => {
    stream.on('end', () => callback());
    stream.resume();
  },
});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the SMTP server has no port');
  process.stdout.write(`smtp://127.0.0.1:${address.port}\n`);
});
