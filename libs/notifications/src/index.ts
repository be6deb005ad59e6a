export { noticeReactions } from './notice-reactions.js';
export { NotificationsModule } from './notifications.module.js';
