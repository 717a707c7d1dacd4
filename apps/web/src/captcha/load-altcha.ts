import 'altcha/external';
import 'altcha/altcha.css';
import Pbkdf2Worker from 'altcha/workers/pbkdf2?worker';
import { fetchChallenge } from '../client/query-client.ts';
import { en } from '../i18n/en.ts';
import { zhCN } from '../i18n/zh-cn.ts';

type Sentences = typeof en.captcha;

const strings = ({ wait, required, ...sentences }: Sentences) => ({
  ...sentences,
  loading: sentences.verifying,
  waitAlert: wait,
  verificationRequired: required,
});

// The widget has lower-case names for languages.
$altcha.i18n.set({ en: strings(en.captcha), 'zh-cn': strings(zhCN.captcha) });
$altcha.defaults.set({
  challenge: 'from fetch below',
  // The client knows where the API is.
  fetch: async () => Response.json(await fetchChallenge()),
  // They link to another site.
  hideFooter: true,
  hideLogo: true,
  // Do not record how the user moves the pointer.
  humanInteractionSignature: false,
});
// A separate file: the content security policy forbids workers made of text.
$altcha.algorithms.set('PBKDF2/SHA-256', () => new Pbkdf2Worker());
