/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-report-item.h"

#include "ui/mm-report-text.h"

struct _MmReportItem
{
  GObject parent_instance;

  MmReport *report;
};

G_DEFINE_FINAL_TYPE (MmReportItem, mm_report_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_STATE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
mm_report_item_finalize (GObject *object)
{
  MmReportItem *self = MM_REPORT_ITEM (object);

  g_clear_pointer (&self->report, mm_report_free);

  G_OBJECT_CLASS (mm_report_item_parent_class)->finalize (object);
}

static void
mm_report_item_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  MmReportItem *self = MM_REPORT_ITEM (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_take_string (value, mm_text_accounts (self->report));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value, mm_text_report_line (self->report));
      break;
    case PROP_STATE:
      g_value_set_string (value, mm_state_get_title (self->report->state));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mm_report_item_class_init (MmReportItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = mm_report_item_finalize;
  object_class->get_property = mm_report_item_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mm_report_item_init (MmReportItem *self)
{
}

MmReportItem *
mm_report_item_new (const MmReport *report)
{
  MmReportItem *self;

  g_return_val_if_fail (report != NULL, NULL);

  self = g_object_new (MM_TYPE_REPORT_ITEM, NULL);
  self->report = mm_report_copy (report);
  return self;
}

const MmReport *
mm_report_item_get_report (MmReportItem *self)
{
  g_return_val_if_fail (MM_IS_REPORT_ITEM (self), NULL);
  return self->report;
}

void
mm_report_item_set_report (MmReportItem   *self,
                           const MmReport *report)
{
  g_return_if_fail (MM_IS_REPORT_ITEM (self));
  g_return_if_fail (report != NULL);

  if (self->report->state == report->state && self->report->updated == report->updated)
    return;

  mm_report_free (self->report);
  self->report = mm_report_copy (report);

  for (guint i = PROP_TITLE; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}
