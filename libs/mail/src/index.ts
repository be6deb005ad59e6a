export { MailModule } from './mail.module.js';
export { MailServer, mailServers, type Receiver } from './mail-server.js';
export { isGerman } from './language.js';
