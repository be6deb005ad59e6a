import { inOneLine, isGerman } from '#millwright/mail';
import type { OrderOccasion, RequestOccasion } from './domain/notices.js';

/** What a letter says; null where there is nothing to say, or nothing that its receiver may know. */
export type NoticeFacts = Readonly<{
  number: number;
  /** What the receiver is called. */
  name: string;
  language: string | null;
  title: string | null;
  /** An instant in UTC, and the time zone that it is told in (an IANA name). */
  due: string | null;
  timeZone: string;
  reason: string | null;
  link: string | null;
}>;

type Words = Readonly<{
  locale: string;
  greeting(name: string): string;
  order(number: number): string;
  request(number: number): string;
  due(day: string): string;
  reason(text: string): string;
  /** Each as a sentence goes on after "Work order 12 " or "Your request 12 ". */
  orders: Readonly<Record<OrderOccasion, string>>;
  requests: Readonly<Record<RequestOccasion, string>>;
}>;

const english: Words = {
  locale: 'en-GB',
  greeting: (name) => `Hello ${name},`,
  order: (number) => `Work order ${number}`,
  request: (number) => `Your request ${number}`,
  due: (day) => `Due by ${day}.`,
  reason: (text) => `Reason: ${text}`,
  orders: {
    assigned: 'has been assigned to you',
    given: 'is for you to do',
    changed: 'has changed',
    completed: 'has been completed',
    cancelled: 'has been cancelled',
    reopened: 'is open again',
  },
  requests: {
    accepted: 'has been accepted',
    rejected: 'has been declined',
    completed: 'has been completed',
    cancelled: 'has been cancelled',
    reopened: 'is being worked on again',
  },
};

const german: Words = {
  locale: 'de-DE',
  greeting: (name) => `Guten Tag ${name},`,
  order: (number) => `Arbeitsauftrag ${number}`,
  request: (number) => `Ihre Anfrage ${number}`,
  due: (day) => `Fällig bis ${day}.`,
  reason: (text) => `Grund: ${text}`,
  orders: {
    assigned: 'wurde Ihnen zugewiesen',
    given: 'ist von Ihnen zu erledigen',
    changed: 'wurde geändert',
    completed: 'wurde abgeschlossen',
    cancelled: 'wurde abgebrochen',
    reopened: 'ist wieder offen',
  },
  requests: {
    accepted: 'wurde angenommen',
    rejected: 'wurde abgelehnt',
    completed: 'wurde erledigt',
    cancelled: 'wurde abgebrochen',
    reopened: 'ist wieder in Arbeit',
  },
};

const wordsFor = (language: string | null): Words => (isGerman(language) ? german : english);

export type NoticeText = Readonly<{ subject: string; text: string }>;

/** In the receiver's language: German where that is his, else English. The subject, which everybody on the way reads, names nothing but a number. */
export function orderText(about: OrderOccasion, facts: NoticeFacts): NoticeText {
  const words = wordsFor(facts.language);
  return letter(words, `${words.order(facts.number)} ${words.orders[about]}`, facts);
}

export function requestText(about: RequestOccasion, facts: NoticeFacts): NoticeText {
  const words = wordsFor(facts.language);
  return letter(words, `${words.request(facts.number)} ${words.requests[about]}`, facts);
}

function letter(words: Words, subject: string, { name, title, due, timeZone, reason, link }: NoticeFacts): NoticeText {
  const lines = [
    ...(title === null ? [] : [inOneLine(title)]),
    ...(due === null ? [] : [words.due(dayOf(due, words.locale, timeZone))]),
    ...(reason === null ? [] : [words.reason(reason)]),
  ];
  const paragraphs = [words.greeting(inOneLine(name)), `${subject}.`, lines.join('\n'), link ?? ''];
  return { subject, text: `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n` };
}

const dayOf = (instant: string, locale: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(new Date(instant));
