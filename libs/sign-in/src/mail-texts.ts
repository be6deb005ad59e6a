import { inOneLine, isGerman } from '#millwright/mail';

/** What people are written. */
export type MailText = Readonly<{ subject: string; text: string }>;

type Occasion = 'invitation' | 'reset';
type Facts = Readonly<{ name: string; link: string; until: Date; language: string | null }>;

type Words = Readonly<{
  locale: string;
  greeting(name: string): string;
  closing: string;
}> &
  Readonly<Record<Occasion, Readonly<{ subject: string; before: string; after(until: string): string }>>>;

const english: Words = {
  locale: 'en-GB',
  greeting: (name) => `Hello ${name},`,
  closing: 'If you did not expect this, there is nothing that you have to do.',
  invitation: {
    subject: 'Your invitation to Millwright',
    before: 'you have been invited to Millwright. Choose your password here:',
    after: (until) => `The link is good once, until ${until}.`,
  },
  reset: {
    subject: 'Choose another password',
    before: 'here you can choose another password for Millwright:',
    after: (until) => `The link is good once, until ${until}.`,
  },
};

const german: Words = {
  locale: 'de-DE',
  greeting: (name) => `Guten Tag ${name},`,
  closing: 'Wenn Sie das nicht erwartet haben, müssen Sie nichts tun.',
  invitation: {
    subject: 'Ihre Einladung zu Millwright',
    before: 'Sie sind zu Millwright eingeladen. Hier wählen Sie Ihr Passwort:',
    after: (until) => `Der Link gilt einmal, bis ${until}.`,
  },
  reset: {
    subject: 'Ein neues Passwort wählen',
    before: 'hier können Sie ein neues Passwort für Millwright wählen:',
    after: (until) => `Der Link gilt einmal, bis ${until}.`,
  },
};

/** In the person's language: German where that is his, else English. */
export function mailText(occasion: Occasion, { name, link, until, language }: Facts): MailText {
  const words = isGerman(language) ? german : english;
  const { subject, before, after } = words[occasion];
  const day = new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(until);
  return { subject, text: [words.greeting(inOneLine(name)), '', before, '', link, '', after(`${day} UTC`), words.closing, ''].join('\n') };
}
