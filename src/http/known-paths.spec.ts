import { KnownPaths } from './known-paths.js';

const paths = new KnownPaths();
paths.add('GET', '/api/v1/work_orders');
paths.add('POST', '/api/v1/work_orders');
paths.add('GET', '/api/v1/work_orders/:id');
paths.add('DELETE', '/api/v1/work_orders/:id');
paths.add('GET', '/api/v1/work_orders/calendar');
paths.add('PATCH', '/api/v1/parts/:id/update_unit_cost');
paths.add('GET', '/api/v1/projections/:name/digest');

describe('the spelling of a path', () => {
  it.each([
    ['/api/v1/work-orders', '/api/v1/work_orders'],
    ['/api/v1/work-orders/12?filter[name_cont]=a-b', '/api/v1/work_orders/12?filter[name_cont]=a-b'],
    ['/api/v1/parts/7/update-unit_cost', '/api/v1/parts/7/update_unit_cost'],
    ['/api/v1/work_orders/a-b', '/api/v1/work_orders/a-b'],
    ['/api/v1/projections/work-orders/digest', '/api/v1/projections/work-orders/digest'],
    ['/api/v1/unknown-path', '/api/v1/unknown-path'],
  ])('%s is %s', (written, meant) => expect(paths.normalised(written)).toBe(meant));
});

describe('the methods of a path', () => {
  it.each([
    ['/api/v1/work_orders', ['GET', 'POST']],
    ['/api/v1/work_orders/', ['GET', 'POST']],
    ['/api/v1/work_orders/12', ['DELETE', 'GET']],
    ['/api/v1/work_orders/calendar', ['GET']],
    ['/api/v1/work_orders//', []],
    ['/api/v1/nothing', []],
  ])('of %s are %j', (path, methods) => expect(paths.methodsOf(path)).toEqual(methods));
});
