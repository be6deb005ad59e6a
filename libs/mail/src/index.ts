export { MailModule } from './mail.module.js';
export { MailServer, mailServers, type Receiver } from './mail-server.js';
export { inOneLine } from './in-one-line.js';
export { isGerman } from './language.js';
