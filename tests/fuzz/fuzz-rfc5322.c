/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-repair.h"

/* Any bytes are a message: they are examined, repaired and compared without a crash, the repair
 * mends what it says and nothing is left to do afterwards. The first byte chooses the traits. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (MmBlob) blob = NULL;
  g_autoptr (MmBlob) repaired = NULL;
  g_autoptr (MmBlob) again = NULL;
  MmRfc5322Summary summary;
  gboolean equal = FALSE;
  guint traits, differences, done;

  if (length == 0)
    return 0;
  traits = data[0];
  blob = mm_blob_new (data + 1, length - 1);
  g_assert_true (mm_rfc5322_examine (blob, TRUE, &summary, NULL));
  g_assert_cmpuint (summary.crlf_size, >=, summary.size);
  g_assert_true (summary.label == NULL || g_utf8_validate (summary.label, -1, NULL));

  repaired = mm_rfc5322_repair (blob, traits, &done, NULL);
  g_assert_cmphex (done & ~traits, ==, 0);
  again = mm_rfc5322_repair (repaired, traits, &done, NULL);
  g_assert_cmphex (done, ==, 0);
  g_assert_true (mm_rfc5322_compare (blob, repaired, &equal, &differences, NULL));
  mm_rfc5322_summary_clear (&summary);
  return 0;
}
