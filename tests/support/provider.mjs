// The certified provider of npm, for the tests: `node provider.mjs MODULE` with its settings as one line of JSON on the input.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { default: Provider } = await import(pathToFileURL(process.argv[2]));
const lines = createInterface({ input: process.stdin });
const settings = JSON.parse(await new Promise((told) => lines.once('line', told)));
lines.on('close', () => process.exit(0));

const provider = new Provider(settings.issuer, {
  clients: settings.clients,
  claims: { openid: ['sub'], profile: ['name'] },
  cookies: { keys: ['of the tests alone'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Certified ${id}` }) }),
  pkce: { required: () => true },
});
provider.listen(settings.port, '127.0.0.1', () => process.stdout.write('ready\n'));
