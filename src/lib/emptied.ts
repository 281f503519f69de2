/**
 * Lets an object forget everything, and end: a moment after this has answered, calls find a new object; those that come within
 * it fail, as nothing is there any more. It may be repeated.
 * @param why for whoever calls the object while it ends
 * @throws what the storage throws: some of it may be left, and the call is to be repeated
 */
export async function emptied(ctx: DurableObjectState, why: string): Promise<void> {
  await ctx.storage.deleteAll();
  // abort() breaks the storage at once, and the answer with it, where what was written is not on disk yet.
  await ctx.storage.sync();
  // Memory describes rows that are gone. Later, so that this call still answers.
  ctx.waitUntil(scheduler.wait(0).then(() => ctx.abort(why)));
}
