import 'altcha/external';
import 'altcha/altcha.css';
import Pbkdf2Worker from 'altcha/workers/pbkdf2?worker';
import { en } from '../i18n/en.ts';
import { zhCN } from '../i18n/zh-cn.ts';
import { fetchChallenge } from './fetch-challenge.ts';

type Sentences = typeof en.captcha;

const strings = ({ wait, required, ...sentences }: Sentences) => ({
  ...sentences,
  loading: sentences.verifying,
  waitAlert: wait,
  verificationRequired: required,
});

// The widget knows languages by lower-case names.
$altcha.i18n.set({ en: strings(en.captcha), 'zh-cn': strings(zhCN.captcha) });
$altcha.defaults.set({
  challenge: 'from the client',
  fetch: fetchChallenge,
  // Their links lead elsewhere.
  hideFooter: true,
  hideLogo: true,
  // How somebody moves is nobody's business.
  humanInteractionSignature: false,
});
// As a file of its own: a worker made of text would need a hole in the policy.
$altcha.algorithms.set('PBKDF2/SHA-256', () => new Pbkdf2Worker());
