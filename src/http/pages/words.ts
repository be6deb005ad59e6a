/** What the pages say, by language. What stands under `answers` are codes of refusals, and what only a browser finds out. */
export const languages = {
  en: {
    language: 'English',
    name: 'Name',
    email: 'E-mail address',
    emailOrLogin: 'E-mail address or login',
    password: 'Password',
    newPassword: 'New password',
    rules:
      'At least 12 characters, none of the commonest passwords, and not your name or e-mail address, also with digits behind it. A few words that do not belong together are good.',
    show: 'Show the password',
    noScript: 'This page needs JavaScript, which is switched off in your browser.',
    toSignIn: 'Sign in',
    toForgotten: 'Forgotten your password?',
    toIssuer: 'Sign in with your organisation’s account',
    pages: {
      sign_in: { title: 'Sign in', about: '', button: 'Sign in', outcome: '' },
      setup: {
        title: 'Set up Millwright',
        about:
          'This page makes the first administrator, who may do everything at all sites. It works once, by the link that the server showed at its start.',
        button: 'Create the administrator',
        outcome: '',
      },
      invitation: {
        title: 'Welcome to Millwright',
        about: 'You have been invited. Choose a password, and you are signed in.',
        button: 'Choose the password and sign in',
        outcome: '',
      },
      forgot_password: {
        title: 'Forgotten your password?',
        about: 'A link by which you choose another is sent to your e-mail address.',
        button: 'Send the link',
        outcome:
          'If you are known here by that name, a letter with a link is on its way. It is good for an hour. If none comes, ask your administrator, who can give you a link as well.',
      },
      reset_password: {
        title: 'Choose another password',
        about: 'You will be signed out wherever you are signed in.',
        button: 'Change the password',
        outcome: 'Your password is changed. Sign in with it from now on.',
      },
    },
    refusal: {
      title: 'You are not signed in',
      texts: {
        unverified: 'Your organisation has not confirmed your e-mail address. Ask whoever looks after your account there.',
        inactive: 'Your access to Millwright was switched off. Ask your administrator.',
        administrator:
          'Whoever looks after access signs in with a password first, and links the account of the organisation from there. If you have none, a link to choose one is sent to you.',
        linked_otherwise: 'You come in by another account of your organisation. Sign in there as that one.',
        unknown: 'Nobody is known here by your e-mail address. Ask your administrator to add you.',
        SINGLE_SIGN_ON_FAILED: 'Signing in at your organisation was not completed, or took too long. Please begin anew.',
        NOT_FOUND: 'Signing in with your organisation’s account is not set up here.',
        TIER_FEATURE_LOCKED: 'Signing in with your organisation’s account is not part of this installation.',
        ISSUER_UNAVAILABLE: 'Your organisation’s sign-in cannot be reached at this moment. Please try again, or use a password.',
        CONFLICT: 'This account of your organisation belongs to somebody else here, or you have linked another one already.',
        RATE_LIMIT_EXCEEDED: 'Too many tries. Please wait a little.',
        UNAVAILABLE: 'Millwright cannot answer at this moment. Please try again.',
      },
    },
    answers: {
      required: 'Please fill this in.',
      too_short: 'This needs at least 12 characters.',
      too_long: 'This is too long.',
      too_common: 'This is one of the commonest passwords. Please choose another.',
      own_name: 'This is your name or e-mail address. Please choose something else.',
      invalid_email: 'This is no e-mail address.',
      not_unique: 'Somebody has this already.',
      invalid_token: 'This link was used already, or is too old. Please ask for another.',
      wrong: 'This cannot be taken as it is.',
      INVALID_CREDENTIALS: 'Nobody signs in with this name and password.',
      NOT_FOUND: 'This link was used already, is too old, or there is an administrator by now.',
      RATE_LIMIT_EXCEEDED: 'Too many tries. Please wait a little.',
      UNAVAILABLE: 'Millwright cannot answer at this moment. Please try again.',
      wait: 'Too many tries. Please try again in {seconds} seconds.',
      failed: 'That did not work. Please try again.',
      unreachable: 'The server cannot be reached. Please try again.',
      incomplete: 'This link is incomplete. Please open it again as it was sent to you, to its last character.',
      noCookie: 'Your browser did not keep you signed in: it does so over HTTPS only. Ask your administrator for the right address.',
    },
  },
  de: {
    language: 'Deutsch',
    name: 'Name',
    email: 'E-Mail-Adresse',
    emailOrLogin: 'E-Mail-Adresse oder Anmeldename',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    rules:
      'Mindestens 12 Zeichen, keines der häufigsten Passwörter und nicht Ihr Name oder Ihre E-Mail-Adresse, auch nicht mit Ziffern dahinter. Gut sind einige Wörter, die nicht zusammengehören.',
    show: 'Passwort anzeigen',
    noScript: 'Diese Seite braucht JavaScript, das in Ihrem Browser ausgeschaltet ist.',
    toSignIn: 'Anmelden',
    toForgotten: 'Passwort vergessen?',
    toIssuer: 'Mit dem Konto Ihrer Organisation anmelden',
    pages: {
      sign_in: { title: 'Anmelden', about: '', button: 'Anmelden', outcome: '' },
      setup: {
        title: 'Millwright einrichten',
        about:
          'Diese Seite legt den ersten Administrator an, der alles an allen Standorten darf. Sie wirkt einmal, über den Link, den der Server beim Start gezeigt hat.',
        button: 'Administrator anlegen',
        outcome: '',
      },
      invitation: {
        title: 'Willkommen bei Millwright',
        about: 'Sie sind eingeladen. Wählen Sie ein Passwort, dann sind Sie angemeldet.',
        button: 'Passwort wählen und anmelden',
        outcome: '',
      },
      forgot_password: {
        title: 'Passwort vergessen?',
        about: 'An Ihre E-Mail-Adresse geht ein Link, mit dem Sie ein neues wählen.',
        button: 'Link senden',
        outcome:
          'Wenn Sie hier unter diesem Namen bekannt sind, ist eine E-Mail mit einem Link unterwegs. Er gilt eine Stunde. Kommt keine, dann fragen Sie Ihren Administrator: Auch er kann Ihnen einen Link geben.',
      },
      reset_password: {
        title: 'Ein neues Passwort wählen',
        about: 'Sie werden überall abgemeldet, wo Sie angemeldet sind.',
        button: 'Passwort ändern',
        outcome: 'Ihr Passwort ist geändert. Melden Sie sich von nun an damit an.',
      },
    },
    refusal: {
      title: 'Sie sind nicht angemeldet',
      texts: {
        unverified: 'Ihre Organisation hat Ihre E-Mail-Adresse nicht bestätigt. Fragen Sie, wer dort Ihr Konto betreut.',
        inactive: 'Ihr Zugang zu Millwright wurde abgeschaltet. Fragen Sie Ihren Administrator.',
        administrator:
          'Wer Zugänge verwaltet, meldet sich zuerst mit einem Passwort an und verknüpft von dort aus das Konto der Organisation. Haben Sie keines, wird Ihnen ein Link geschickt, mit dem Sie eines wählen.',
        linked_otherwise: 'Sie kommen mit einem anderen Konto Ihrer Organisation herein. Melden Sie sich dort mit jenem an.',
        unknown: 'Unter Ihrer E-Mail-Adresse ist hier niemand bekannt. Bitten Sie Ihren Administrator, Sie aufzunehmen.',
        SINGLE_SIGN_ON_FAILED:
          'Die Anmeldung bei Ihrer Organisation wurde nicht abgeschlossen oder hat zu lange gedauert. Bitte beginnen Sie noch einmal.',
        NOT_FOUND: 'Die Anmeldung mit dem Konto Ihrer Organisation ist hier nicht eingerichtet.',
        TIER_FEATURE_LOCKED: 'Die Anmeldung mit dem Konto Ihrer Organisation gehört nicht zu dieser Installation.',
        ISSUER_UNAVAILABLE:
          'Die Anmeldung Ihrer Organisation ist im Moment nicht zu erreichen. Bitte versuchen Sie es noch einmal oder nehmen Sie ein Passwort.',
        CONFLICT: 'Dieses Konto Ihrer Organisation gehört hier jemand anderem, oder Sie haben schon ein anderes verknüpft.',
        RATE_LIMIT_EXCEEDED: 'Zu viele Versuche. Bitte warten Sie ein wenig.',
        UNAVAILABLE: 'Millwright kann im Moment nicht antworten. Bitte versuchen Sie es noch einmal.',
      },
    },
    answers: {
      required: 'Bitte füllen Sie dieses Feld aus.',
      too_short: 'Es müssen mindestens 12 Zeichen sein.',
      too_long: 'Das ist zu lang.',
      too_common: 'Das ist eines der häufigsten Passwörter. Bitte wählen Sie ein anderes.',
      own_name: 'Das ist Ihr Name oder Ihre E-Mail-Adresse. Bitte wählen Sie etwas anderes.',
      invalid_email: 'Das ist keine E-Mail-Adresse.',
      not_unique: 'Das hat schon jemand.',
      invalid_token: 'Dieser Link wurde schon benutzt oder ist zu alt. Bitte lassen Sie sich einen neuen geben.',
      wrong: 'Das kann so nicht übernommen werden.',
      INVALID_CREDENTIALS: 'Mit diesem Namen und Passwort meldet sich niemand an.',
      NOT_FOUND: 'Dieser Link wurde schon benutzt, ist zu alt, oder es gibt inzwischen einen Administrator.',
      RATE_LIMIT_EXCEEDED: 'Zu viele Versuche. Bitte warten Sie ein wenig.',
      UNAVAILABLE: 'Millwright kann im Moment nicht antworten. Bitte versuchen Sie es noch einmal.',
      wait: 'Zu viele Versuche. Bitte versuchen Sie es in {seconds} Sekunden noch einmal.',
      failed: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
      unreachable: 'Der Server ist nicht zu erreichen. Bitte versuchen Sie es noch einmal.',
      incomplete:
        'Dieser Link ist unvollständig. Bitte öffnen Sie ihn noch einmal so, wie Sie ihn bekommen haben, bis zum letzten Zeichen.',
      noCookie:
        'Ihr Browser hat die Anmeldung nicht behalten: Das tut er nur über HTTPS. Fragen Sie Ihren Administrator nach der richtigen Adresse.',
    },
  },
} as const;

export type Language = keyof typeof languages;
type Texts<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Texts<T[Key]> };
export type Words = Texts<(typeof languages)['en']>;
export type PageName = keyof Words['pages'];

export const isLanguage = (text: string): text is Language => Object.hasOwn(languages, text);
