/** Jest's setupFiles of the second run: whatever these specs start keeps its events on the wire-level event store. */
process.env['MILLWRIGHT_TEST_LOG'] = 'eventstoredb';
