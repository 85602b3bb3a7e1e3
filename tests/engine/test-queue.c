/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-queue.h"

/* Entries are numbers on the heap, which are counted when they are freed. */

static gint n_freed;

static void
free_entry (gpointer entry)
{
  g_atomic_int_inc (&n_freed);
  g_free (entry);
}

static gpointer
new_entry (guint number)
{
  guint *entry = g_new (guint, 1);

  *entry = number;
  return entry;
}

static guint
take (MmQueue *queue)
{
  g_autofree guint *entry = mm_queue_pop (queue, NULL);

  g_assert_nonnull (entry);
  return *entry;
}

static void
test_order (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);

  for (guint i = 0; i < 10; i++)
    g_assert_true (mm_queue_push (queue, new_entry (i), 10, NULL, NULL));
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (take (queue), ==, i);
  mm_queue_end (queue);
  g_assert_null (mm_queue_pop (queue, NULL));
  g_assert_false (mm_queue_wait (queue, NULL));
}

/* What is there when the reader ends is still handed out. */
static void
test_end (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);

  g_assert_true (mm_queue_push (queue, new_entry (1), 10, NULL, NULL));
  mm_queue_end (queue);
  g_assert_true (mm_queue_wait (queue, NULL));
  g_assert_cmpuint (take (queue), ==, 1);
  g_assert_null (mm_queue_pop (queue, NULL));
}

static void
test_rest_is_freed (void)
{
  MmQueue *queue = mm_queue_new (100, free_entry);

  g_atomic_int_set (&n_freed, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_true (mm_queue_push (queue, new_entry (i), 1, NULL, NULL));
  mm_queue_free (queue);
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 3);
}

typedef struct
{
  MmQueue *queue;
  GCancellable *cancellable;
  guint n;
  gsize bytes;
  gint pushed; /* atomic */
  gboolean ok;
} Reader;

static gpointer
read_entries (gpointer data)
{
  Reader *self = data;
  g_autoptr (GError) error = NULL;

  self->ok = TRUE;
  for (guint i = 0; i < self->n && self->ok; i++)
    {
      self->ok = mm_queue_push (self->queue, new_entry (i), self->bytes, self->cancellable, &error);
      if (self->ok)
        g_atomic_int_inc (&self->pushed);
    }
  if (!self->ok)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mm_queue_end (self->queue);
  return NULL;
}

static void
wait_until_pushed (Reader *reader,
                   gint    n)
{
  for (guint i = 0; i < 500 && g_atomic_int_get (&reader->pushed) < n; i++)
    g_usleep (10 * 1000);
  /* Long enough for one too many to show. */
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&reader->pushed), ==, n);
}

static void
test_bounded (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);
  Reader reader = { queue, NULL, 20, 30, 0, FALSE };
  GThread *thread = g_thread_new ("reader", read_entries, &reader);

  wait_until_pushed (&reader, 3);
  g_assert_cmpuint (take (queue), ==, 0);
  wait_until_pushed (&reader, 4);
  for (guint i = 1; i < 20; i++)
    g_assert_cmpuint (take (queue), ==, i);
  g_thread_join (thread);
  g_assert_true (reader.ok);
}

/* One is always taken, or the largest message would never arrive. */
static void
test_larger_than_the_queue (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);
  Reader reader = { queue, NULL, 3, 1000, 0, FALSE };
  GThread *thread = g_thread_new ("reader", read_entries, &reader);

  wait_until_pushed (&reader, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (take (queue), ==, i);
  g_thread_join (thread);
  g_assert_true (reader.ok);
}

static void
test_give_up (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);
  Reader reader = { queue, NULL, 20, 50, 0, FALSE };
  GThread *thread;

  g_atomic_int_set (&n_freed, 0);
  thread = g_thread_new ("reader", read_entries, &reader);
  wait_until_pushed (&reader, 2);
  mm_queue_give_up (queue);
  g_thread_join (thread);
  g_assert_false (reader.ok);
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 1);
}

static void
test_cancel (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Reader reader = { queue, cancellable, 20, 50, 0, FALSE };
  GThread *thread = g_thread_new ("reader", read_entries, &reader);
  gint64 begun;

  wait_until_pushed (&reader, 2);
  begun = g_get_monotonic_time ();
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, G_TIME_SPAN_SECOND);
  g_assert_false (reader.ok);
  /* Also what is there is not handed out any more. */
  g_assert_null (mm_queue_pop (queue, cancellable));
  g_assert_false (mm_queue_wait (queue, cancellable));
}

typedef struct
{
  MmQueue *queue;
  gint taken; /* atomic */
  gint sum;   /* atomic */
} Writer;

static gpointer
write_entries (gpointer data)
{
  Writer *self = data;
  guint *entry;

  while ((entry = mm_queue_pop (self->queue, NULL)) != NULL)
    {
      g_atomic_int_inc (&self->taken);
      g_atomic_int_add (&self->sum, (gint) *entry);
      g_free (entry);
    }
  return NULL;
}

static gpointer
push_some (gpointer queue)
{
  for (guint i = 0; i < 1000; i++)
    g_assert_true (mm_queue_push (queue, new_entry (i), i % 40, NULL, NULL));
  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr (MmQueue) queue = mm_queue_new (100, free_entry);
  Writer writer = { queue, 0, 0 };
  GThread *readers[4];
  GThread *writers[4];

  for (guint i = 0; i < 4; i++)
    {
      readers[i] = g_thread_new ("reader", push_some, queue);
      writers[i] = g_thread_new ("writer", write_entries, &writer);
    }
  for (guint i = 0; i < 4; i++)
    g_thread_join (readers[i]);
  mm_queue_end (queue);
  for (guint i = 0; i < 4; i++)
    g_thread_join (writers[i]);
  g_assert_cmpint (writer.taken, ==, 4000);
  g_assert_cmpint (writer.sum, ==, 4 * 999 * 1000 / 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/order", test_order);
  g_test_add_func ("/queue/end", test_end);
  g_test_add_func ("/queue/rest-is-freed", test_rest_is_freed);
  g_test_add_func ("/queue/bounded", test_bounded);
  g_test_add_func ("/queue/larger-than-the-queue", test_larger_than_the_queue);
  g_test_add_func ("/queue/give-up", test_give_up);
  g_test_add_func ("/queue/cancel", test_cancel);
  g_test_add_func ("/queue/many-threads", test_many_threads);
  return g_test_run ();
}
