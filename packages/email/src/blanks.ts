const open = '\uE000';
const close = '\uE001';
const blank = (name: string): string => `${open}${name}${close}`;

/**
 * The places of a template that each mail fills in differently. Rendering React takes longer than delivering a mail, so a
 * template is rendered once per language with these in it, and a mail costs no more than putting its own words there.
 */
export const blanks = {
  greeting: blank('greeting'),
  url: blank('url'),
  code: blank('code'),
  lifetime: blank('lifetime'),
  time: blank('time'),
  device: blank('device'),
  address: blank('address'),
  loginUrl: blank('loginUrl'),
  resetUrl: blank('resetUrl'),
  registerUrl: blank('registerUrl'),
};

export type Fillings = Partial<Record<keyof typeof blanks, string>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as an element's text and as a quoted attribute. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** Fills every blank in one pass, so that nothing that is filled in can be a blank itself. Throws when one stays empty. */
export const fillBlanks = (template: string, fillings: Fillings, escape: (text: string) => string): string => {
  const values = new Map(Object.entries(fillings));
  return template.replaceAll(/\uE000(\w+)\uE001/g, (_match, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`The mail has nothing to put into its blank "${name}"`);
    return escape(value);
  });
};
