/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-pool.h"
#include "engine/mm-worker.h"
#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-fault-store.h"

typedef struct
{
  MmMemoryServer *server;
  MmFaults *faults;
  MmPool *pool;
} Fixture;

static Fixture *current;

static MmStore *
create_store (const MmService *service,
              MmCredentials   *credentials)
{
  g_autoptr (MmStore) memory = mm_memory_store_new (current->server);

  return mm_fault_store_new (memory, current->faults);
}

/* @limit: what the server bears; @announced: what it says; 0: no word of it. */
static void
set_up (Fixture *self,
        guint    limit,
        guint    announced,
        guint    round_trip_us)
{
  g_autoptr (MmService) service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_TLS, "host", 0, "me");
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.connection_limit = limit;
  traits.capabilities.connections = announced;
  traits.capabilities.round_trip_us = round_trip_us;
  self->server = mm_memory_server_new (&traits);
  self->faults = mm_faults_new ();
  self->pool = mm_pool_new (create_store, service, NULL);
  current = self;
}

static void
tear_down (Fixture *self)
{
  mm_pool_unref (self->pool);
  g_assert_cmpuint (mm_memory_server_count_connections (self->server), ==, 0);
  mm_memory_server_unref (self->server);
  mm_faults_unref (self->faults);
}

static void
test_open_store_is_lent_again (void)
{
  Fixture fixture;
  MmStore *first;
  MmStore *second;

  set_up (&fixture, 0, 0, 0);
  g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
  first = mm_pool_take (fixture.pool, NULL, NULL);
  mm_pool_give_back (fixture.pool, first);
  second = mm_pool_take (fixture.pool, NULL, NULL);
  g_assert_true (first == second);
  g_assert_cmpuint (mm_memory_server_count_connections (fixture.server), ==, 1);
  mm_pool_give_back (fixture.pool, second);
  mm_pool_close (fixture.pool);
  g_assert_cmpuint (mm_memory_server_count_connections (fixture.server), ==, 0);
  tear_down (&fixture);
}

static void
test_width (void)
{
  static const struct
  {
    guint announced;
    guint round_trip_us;
    guint width;
  } cases[] = { { 0, 0, 2 }, { 1, 0, 1 }, { 10, 0, 2 }, { 0, 30000, 4 }, { 3, 30000, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;

      set_up (&fixture, 0, cases[i].announced, cases[i].round_trip_us);
      g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
      g_assert_cmpuint (mm_pool_get_width (fixture.pool), ==, cases[i].width);
      tear_down (&fixture);
    }
}

static void
test_error (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, 0, 0, 0);
  mm_faults_fail_calls (fixture.faults, MM_CALL_OPEN, 0, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_PASSWORD, "wrong"));
  g_assert_false (mm_pool_open (fixture.pool, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  /* The place is free again. */
  g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
  tear_down (&fixture);
}

/* No connection at all is an error; one too many is none. */
static void
test_limit_of_the_first (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, 0, 0, 0);
  mm_faults_fail_calls (fixture.faults, MM_CALL_OPEN, 0, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_LIMIT, "too many"));
  g_assert_false (mm_pool_open (fixture.pool, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_LIMIT);
  tear_down (&fixture);
}

static gint n_taken;

static void
use_store (guint    index,
           gpointer pool)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      MmStore *store = mm_pool_take (pool, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (mm_store_is_open (store));
      g_atomic_int_inc (&n_taken);
      g_usleep (100);
      mm_pool_give_back (pool, store);
    }
}

static void
test_works_with_fewer (void)
{
  for (guint limit = 1; limit <= 3; limit++)
    {
      Fixture fixture;

      set_up (&fixture, limit, 0, 21 * 1000);
      g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
      g_assert_cmpuint (mm_pool_get_width (fixture.pool), ==, 4);
      g_atomic_int_set (&n_taken, 0);
      mm_worker_run_each (6, use_store, fixture.pool);
      g_assert_cmpint (n_taken, ==, 120);
      g_assert_cmpuint (mm_pool_get_width (fixture.pool), ==, limit);
      tear_down (&fixture);
    }
}

static void
test_warm (void)
{
  Fixture fixture;

  set_up (&fixture, 2, 0, 21 * 1000);
  g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
  for (guint i = 0; i < 4; i++)
    mm_pool_warm (fixture.pool, NULL);
  g_assert_cmpuint (mm_memory_server_count_connections (fixture.server), ==, 2);
  g_assert_cmpuint (mm_pool_get_width (fixture.pool), ==, 2);
  tear_down (&fixture);
}

static void
test_closed_store_is_dropped (void)
{
  Fixture fixture;
  MmStore *store;

  set_up (&fixture, 0, 1, 0);
  g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
  store = mm_pool_take (fixture.pool, NULL, NULL);
  mm_store_close (store);
  mm_pool_give_back (fixture.pool, store);
  store = mm_pool_take (fixture.pool, NULL, NULL);
  g_assert_true (mm_store_is_open (store));
  mm_pool_give_back (fixture.pool, store);
  tear_down (&fixture);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancelled_wait (void)
{
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MmStore *store;
  GThread *thread;

  set_up (&fixture, 0, 1, 0);
  g_assert_true (mm_pool_open (fixture.pool, NULL, NULL));
  store = mm_pool_take (fixture.pool, NULL, NULL);
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_null (mm_pool_take (fixture.pool, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  mm_pool_give_back (fixture.pool, store);
  tear_down (&fixture);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/open-store-is-lent-again", test_open_store_is_lent_again);
  g_test_add_func ("/pool/width", test_width);
  g_test_add_func ("/pool/error", test_error);
  g_test_add_func ("/pool/limit-of-the-first", test_limit_of_the_first);
  g_test_add_func ("/pool/works-with-fewer", test_works_with_fewer);
  g_test_add_func ("/pool/warm", test_warm);
  g_test_add_func ("/pool/closed-store-is-dropped", test_closed_store_is_dropped);
  g_test_add_func ("/pool/cancelled-wait", test_cancelled_wait);
  return g_test_run ();
}
