export { MailModule } from './mail.module.js';
export { MailServer, type Receiver } from './mail-server.js';
export { isGerman } from './language.js';
