/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/wrap/mm-wrap-store.h"

G_BEGIN_DECLS

typedef enum
{
  MM_CALL_OPEN,
  MM_CALL_LIST_FOLDERS,
  MM_CALL_CREATE_FOLDERS,
  MM_CALL_DELETE_FOLDERS,
  MM_CALL_SUBSCRIBE_FOLDERS,
  MM_CALL_LIST_ITEMS,
  MM_CALL_FETCH_ITEMS,
  MM_CALL_STORE_ITEMS,
  MM_CALL_DELETE_ITEMS,
  MM_CALL_ANY, /* all of them, counted together */
  MM_N_CALLS,
} MmCall;

/* What befalls one entry of a list (an item, or a folder of the three calls on folders). */
typedef enum
{
  /* The entry fails with the error, the others go on. Nothing reaches the store inside. A listing
   * has no such thing: it ends as with CUT. */
  MM_FAULT_REFUSED,

  /* The connection is cut, that is the call fails with the error, before the entry: it and what
   * follows stay PENDING, or are not delivered. */
  MM_FAULT_CUT,

  /* The same, after the entry was sent, which thus is UNKNOWN; the store inside has done it, or
   * has not. In a listing or fetch the same as CUT. */
  MM_FAULT_UNKNOWN_DONE,
  MM_FAULT_UNKNOWN_NOT_DONE,
} MmFault;

/**
 * MmFaults:
 *
 * What is to go wrong, and how many calls there were: shared by all the stores that a test's
 * engine opens. Calls and entries are counted from 0, from the beginning, over all stores.
 * Thread-safe, atomically reference counted.
 */
typedef struct _MmFaults MmFaults;

MmFaults *mm_faults_new   (void);
MmFaults *mm_faults_ref   (MmFaults *self);
void      mm_faults_unref (MmFaults *self);

/* Calls number @n to @n + @times - 1 of that sort fail with @error (transfer full), and do not
 * reach the store inside. */
void mm_faults_fail_calls (MmFaults *self,
                           MmCall    call,
                           guint     n,
                           guint     times,
                           GError   *error);

/* Entry number @n of all lists given to calls of that sort suffers @fault, once. Not for
 * MM_CALL_ANY. @error: (transfer full). */
void mm_faults_fail_entry (MmFaults *self,
                           MmCall    call,
                           guint     n,
                           MmFault   fault,
                           GError   *error);

/* How many there were so far, and how many entries in their lists. */
guint mm_faults_get_calls   (MmFaults *self,
                             MmCall    call);
guint mm_faults_get_entries (MmFaults *self,
                             MmCall    call);

/* How many of the faults asked for have happened. */
guint mm_faults_get_happened (MmFaults *self);

/**
 * MmFaultStore:
 *
 * A store that fails when told so: for tests.
 */
#define MM_TYPE_FAULT_STORE (mm_fault_store_get_type ())
G_DECLARE_FINAL_TYPE (MmFaultStore, mm_fault_store, MM, FAULT_STORE, MmWrapStore)

/* (transfer full) */
MmStore *mm_fault_store_new (MmStore  *inner,
                             MmFaults *faults);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmFaults, mm_faults_unref)

G_END_DECLS
