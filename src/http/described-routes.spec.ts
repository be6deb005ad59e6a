import { Controller, Get, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OverRest, reads } from '#millwright/resources';
import { HttpAdapter } from './http-adapter.js';

const listBadges = reads({ name: 'listBadges', scopes: ['badges:read'], summary: 'List badges', description: 'All that were handed out.' });

@Controller('api/v1/badges')
class DescribedController {
  @Get()
  @OverRest(listBadges)
  list(): void {}
}

@Controller('api/v1/badges')
class ForgottenController {
  @Get(':id/holders')
  holders(): void {}
}

@Controller('api/v1/badges')
class MistakenController {
  @Post()
  @OverRest(listBadges)
  create(): void {}
}

describe('the way in over REST', () => {
  it('carries the description of its operation', async () => {
    const described = new Map<string, unknown>();
    const adapter = new HttpAdapter();
    adapter
      .getInstance()
      .addHook('onRoute', ({ method, url, config }) => void described.set(`${String(method)} ${url}`, config?.operation));
    await start(adapter, DescribedController);
    expect(described.get('GET /api/v1/badges')).toBe(listBadges);
  });

  it('keeps the program from starting where no operation describes it', () =>
    expect(start(new HttpAdapter(), ForgottenController)).rejects.toThrow('GET /api/v1/badges/:id/holders is described by no operation'));

  it('keeps the program from starting where it writes and is described as a reading', () =>
    expect(start(new HttpAdapter(), MistakenController)).rejects.toThrow(
      'POST /api/v1/badges writes, but listBadges is described as what reads',
    ));
});

async function start(adapter: HttpAdapter, controller: Type): Promise<void> {
  class Room {}
  const application = await NestFactory.create<NestFastifyApplication>({ module: Room, controllers: [controller] }, adapter, {
    logger: false,
    abortOnError: false,
  });
  try {
    await application.init();
  } finally {
    await application.close();
  }
}
