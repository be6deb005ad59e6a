import { Module } from '@nestjs/common';
import { RequestsModule } from '#millwright/requests';
import { Addressees } from './addressees.js';
import { NoticeMail } from './notice-mail.js';

/** What people and vendors are written about work. */
@Module({ imports: [RequestsModule], providers: [Addressees, NoticeMail] })
export class NotificationsModule {}
