/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-role.h"

static const char *const nicks[MM_N_ROLES] = {
  [MM_ROLE_NONE] = "",
  [MM_ROLE_INBOX] = "inbox",
  [MM_ROLE_DRAFTS] = "drafts",
  [MM_ROLE_SENT] = "sent",
  [MM_ROLE_TRASH] = "trash",
  [MM_ROLE_JUNK] = "junk",
  [MM_ROLE_ARCHIVE] = "archive",
  [MM_ROLE_ALL] = "all",
  [MM_ROLE_FLAGGED] = "flagged",
  [MM_ROLE_IMPORTANT] = "important",
};

/* The names that mail programs and servers give by themselves. A name that means different
 * things to different programs is left out: a wrong guess merges two folders. */
static const char *const drafts[] = {
  /* en */ "Drafts", "Draft", "Draft Messages", "Unsent Messages",
  /* es */ "Borradores", "Borrador",
  /* pt */ "Rascunhos", "Rascunho",
  /* ca */ "Esborranys",
  /* gl */ "Borradores de correo",
  /* fr */ "Brouillons", "Brouillon",
  /* it */ "Bozze", "Bozza",
  /* ro */ "Ciorne", "Schițe", "Schiţe", "Mesaje nefinalizate",
  /* de */ "Entwürfe", "Entwurf", "Entwuerfe",
  /* nl */ "Concepten", "Klad",
  /* sv, nb */ "Utkast", "Kladder",
  /* da */ "Kladde",
  /* fi */ "Luonnokset", "Luonnos",
  /* is */ "Drög",
  /* et */ "Mustandid",
  /* lv */ "Melnraksti",
  /* lt */ "Juodraščiai",
  /* cs */ "Koncepty", "Rozepsané", "Rozepsaná pošta", "Rozepsané zprávy",
  /* sk */ "Rozpísané", "Rozpísané správy",
  /* pl */ "Kopie robocze", "Szkice", "Wersje robocze", "Robocze", "Szkic",
  /* hu */ "Piszkozatok", "Piszkozat",
  /* sl */ "Osnutki",
  /* hr */ "Skice", "Nacrti",
  /* bg */ "Чернови",
  /* sr */ "Радне верзије", "Недовршено",
  /* ru */ "Черновики", "Черновик",
  /* uk */ "Чернетки", "Чернетка",
  /* tr */ "Taslaklar", "Taslak",
  /* el */ "Πρόχειρα", "Πρόχειρο",
  /* he */ "טיוטות", "טיוטה",
  /* ar */ "المسودات", "مسودات", "مسودة",
  /* fa */ "پیش‌نویس‌ها", "پیش‌نویس",
  /* hi */ "ड्राफ़्ट", "प्रारूप",
  /* th */ "แบบร่าง", "ร่าง", "จดหมายร่าง",
  /* vi */ "Thư nháp", "Bản nháp", "Nháp",
  /* id */ "Draf", "Konsep",
  /* ja */ "下書き", "下書きフォルダ", "草稿",
  /* zh */ "草稿箱", "草稿夹", "草稿匣", "草稿夾",
  /* ko */ "임시 보관함", "임시보관함", "임시보관", "초안",
};

static const char *const sent[] = {
  /* en */ "Sent", "Sent Items", "Sent Messages", "Sent Mail", "Sent-Mail", "Sent Objects",
  "Sent Elements",
  /* es */ "Enviados", "Enviado", "Elementos enviados", "Mensajes enviados", "Correo enviado",
  "Correos enviados",
  /* pt */ "Enviadas", "Enviada", "Itens enviados", "Itens Enviados", "Mensagens enviadas",
  "E-mails enviados", "Correio enviado", "Correio Enviado",
  /* ca */ "Enviats", "Elements enviats", "Missatges enviats",
  /* fr */ "Envoyés", "Envoyé", "Envoyes", "Éléments envoyés", "Elements envoyes",
  "Éléments envoyé", "Messages envoyés", "Courrier envoyé", "Courriers envoyés", "Objets envoyés",
  /* it */ "Inviati", "Inviata", "Posta inviata", "Elementi inviati", "Messaggi inviati",
  /* ro */ "Trimise", "Elemente trimise", "Mesaje trimise", "Mesagerie trimisă",
  /* de */ "Gesendet", "Gesendete", "Gesendete Elemente", "Gesendete Objekte",
  "Gesendete Nachrichten", "Gesendete E-Mails", "Gesendete Mails",
  /* nl */ "Verzonden", "Verzonden items", "Verzonden berichten", "Verzonden e-mail",
  /* sv */ "Skickat", "Skickade", "Skickade objekt", "Skickade meddelanden", "Skickad post",
  /* da */ "Sendt", "Sendt post", "Sendte", "Sendte beskeder", "Sendte elementer",
  /* nb */ "Sendte meldinger", "Sendt e-post", "Sendte e-poster",
  /* fi */ "Lähetetyt", "Lähetetyt kohteet", "Lähetetyt viestit",
  /* is */ "Sent póstur", "Sendir hlutir",
  /* et */ "Saadetud", "Saadetud kirjad", "Saadetud üksused",
  /* lv */ "Nosūtītās", "Nosūtītie vienumi", "Nosūtītie",
  /* lt */ "Išsiųsta", "Išsiųsti", "Išsiųsti laiškai", "Išsiųsti elementai",
  /* cs */ "Odeslané", "Odeslaná pošta", "Odeslané zprávy", "Odeslané položky",
  /* sk */ "Odoslané", "Odoslaná pošta", "Odoslané správy", "Odoslané položky",
  /* pl */ "Wysłane", "Elementy wysłane", "Wiadomości wysłane", "Wysłana poczta",
  /* hu */ "Elküldött", "Elküldöttek", "Elküldött elemek", "Elküldött üzenetek",
  "Elküldött levelek",
  /* sl */ "Poslano", "Poslani elementi", "Poslana pošta",
  /* hr */ "Poslane stavke", "Poslane poruke",
  /* bg */ "Изпратени", "Изпратени елементи",
  /* sr */ "Послато", "Послате ставке",
  /* ru */ "Отправленные", "Отправленная почта", "Отправленные элементы",
  "Отправленные письма", "Отправленные сообщения",
  /* uk */ "Надіслані", "Надіслані елементи", "Надіслана пошта", "Відправлені",
  "Відправлена пошта", "Надіслане",
  /* tr */ "Gönderilmiş", "Gönderilmiş Öğeler", "Gönderilenler", "Gönderilmiş Postalar",
  "Gönderilen", "Gönderilmiş e-postalar",
  /* el */ "Απεσταλμένα", "Απεσταλμένα στοιχεία", "Σταλμένα", "Απεσταλμένα μηνύματα",
  "Σταλθέντα",
  /* he */ "נשלחו", "פריטים שנשלחו", "דואר שנשלח", "נשלח", "הודעות שנשלחו",
  /* ar */ "العناصر المرسلة", "البريد المرسل", "الرسائل المرسلة", "المرسلة", "المرسل", "مرسل",
  /* fa */ "فرستاده شده", "ارسال شده",
  /* hi */ "भेजे गए", "भेजे गए आइटम",
  /* th */ "ส่งแล้ว", "รายการที่ถูกส่ง", "จดหมายที่ส่งแล้ว", "รายการที่ส่ง",
  /* vi */ "Đã gửi", "Thư đã gửi", "Mục đã gửi",
  /* id */ "Terkirim", "Item Terkirim", "Pesan Terkirim",
  /* ja */ "送信済み", "送信済みアイテム", "送信済みメール", "送信済みトレイ", "送信済みメッセージ",
  "送信済",
  /* zh */ "已发送", "已发送邮件", "已发邮件", "已发送消息", "已发信息", "已傳送", "寄件備份",
  "寄件備份匣", "已傳送的郵件", "已寄出",
  /* ko */ "보낸 편지함", "보낸편지함", "보낸 메일함", "보낸메일함", "보낸 항목", "보낸메일",
};

static const char *const trash[] = {
  /* en */ "Trash", "Deleted", "Deleted Items", "Deleted Messages", "Deleted Mail", "Bin",
  "Wastebasket", "Trash Can", "Deleted Objects", "Recycle Bin",
  /* es */ "Papelera", "Eliminados", "Elementos eliminados", "Mensajes eliminados",
  "Papelera de reciclaje", "Correo eliminado",
  /* pt */ "Lixeira", "Lixo", "Itens excluídos", "Itens eliminados", "Mensagens excluídas",
  "Mensagens eliminadas", "Excluídos", "Excluídas", "Apagados", "Itens apagados", "Reciclagem",
  /* ca */ "Paperera", "Elements suprimits", "Suprimits",
  /* fr */ "Corbeille", "Éléments supprimés", "Elements supprimes", "Messages supprimés",
  "Supprimés", "Poubelle", "Courrier supprimé",
  /* it */ "Cestino", "Posta eliminata", "Elementi eliminati", "Messaggi eliminati", "Eliminati",
  "Eliminata",
  /* ro */ "Coș de gunoi", "Coş de gunoi", "Coș", "Elemente șterse", "Elemente şterse", "Gunoi",
  "Mesaje șterse",
  /* de */ "Papierkorb", "Gelöscht", "Gelöschte", "Gelöschte Elemente", "Gelöschte Objekte",
  "Gelöschte Nachrichten", "Geloeschte Elemente", "Gelöschte E-Mails",
  /* nl */ "Prullenbak", "Prullenmand", "Verwijderd", "Verwijderde items",
  "Verwijderde berichten",
  /* sv */ "Papperskorgen", "Papperskorg", "Borttaget", "Borttagna objekt",
  "Borttagna meddelanden",
  /* da */ "Papirkurv", "Papirkurven", "Slettet post", "Slettet", "Slettede elementer",
  "Slettede beskeder",
  /* nb */ "Papirkorg", "Søppelkurv", "Slettede elementer", "Slettet e-post",
  "Slettede meldinger",
  /* fi */ "Roskakori", "Poistetut", "Poistetut kohteet", "Poistetut viestit",
  /* is */ "Rusl", "Eytt",
  /* et */ "Prügikast", "Kustutatud", "Kustutatud üksused", "Kustutatud kirjad",
  /* lv */ "Atkritne", "Dzēstie vienumi", "Izdzēstie",
  /* lt */ "Šiukšlinė", "Šiukšliadėžė", "Ištrinti", "Panaikinti elementai",
  /* cs */ "Koš", "Odstraněná pošta", "Odstraněné položky", "Odstraněné", "Smazané",
  "Odstraněné zprávy", "Smazaná pošta",
  /* sk */ "Kôš", "Odstránená pošta", "Odstránené položky", "Odstránené", "Vymazané",
  "Zmazané", "Odstránené správy",
  /* pl */ "Kosz", "Elementy usunięte", "Usunięte", "Usunięte wiadomości",
  /* hu */ "Kuka", "Lomtár", "Törölt", "Törölt elemek", "Töröltek", "Törölt üzenetek",
  /* sl */ "Smeti", "Izbrisano", "Izbrisani elementi",
  /* hr */ "Smeće", "Izbrisane stavke", "Izbrisano", "Obrisane poruke",
  /* bg */ "Кошче", "Изтрити", "Изтрити елементи",
  /* sr */ "Смеће", "Избрисане ставке", "Отпад",
  /* ru */ "Корзина", "Удаленные", "Удалённые", "Удаленные элементы", "Удалённые элементы",
  "Удаленная почта", "Удалённые сообщения", "Удаленные сообщения",
  /* uk */ "Кошик", "Смітник", "Видалені", "Видалені елементи", "Видалене",
  /* tr */ "Çöp", "Çöp Kutusu", "Çöp kutusu", "Silinmiş Öğeler", "Silinmiş", "Silinenler",
  /* el */ "Διαγραμμένα", "Διαγραμμένα στοιχεία", "Κάδος απορριμμάτων", "Κάδος", "Απορρίμματα",
  "Κάδος ανακύκλωσης",
  /* he */ "אשפה", "פריטים שנמחקו", "סל המחזור", "נמחקו", "סל האשפה",
  /* ar */ "المهملات", "سلة المهملات", "العناصر المحذوفة", "المحذوفات", "الرسائل المحذوفة",
  "البريد المحذوف",
  /* fa */ "زباله‌دان", "سطل زباله", "حذف شده",
  /* hi */ "ट्रैश", "हटाए गए आइटम",
  /* th */ "ถังขยะ", "รายการที่ถูกลบ", "รายการที่ลบ",
  /* vi */ "Thùng rác", "Mục đã xóa", "Thư đã xóa", "Đã xóa",
  /* id */ "Sampah", "Item Terhapus", "Tong Sampah", "Terhapus",
  /* ja */ "ゴミ箱", "ごみ箱", "削除済みアイテム", "削除済み", "削除済みメール", "削除済みメッセージ",
  /* zh */ "已删除", "已删除邮件", "已删除消息", "废件箱", "废纸篓", "已刪除", "已刪除的郵件",
  "刪除的郵件", "垃圾桶", "回收站", "資源回收筒", "已删除信息",
  /* ko */ "휴지통", "지운 편지함", "삭제된 편지함", "지운 항목", "지운편지함", "삭제된 항목",
};

static const char *const junk[] = {
  /* en */ "Junk", "Spam", "Junk E-mail", "Junk Email", "Junk Mail",
  "Spam Mail", "Spambox", "Unsolicited", "Junk E-Mails",
  /* es */ "Correo no deseado", "Correo electrónico no deseado", "No deseado", "No deseados",
  "Correo basura",
  /* pt */ "Lixo eletrônico", "Lixo electrónico", "Lixo eletrónico", "Lixo Eletrônico",
  "Correio publicitário", "E-mail não solicitado", "Correio não solicitado",
  "Correio electrónico não solicitado", "E-mail de lixo", "Não solicitado", "Correio de lixo",
  /* ca */ "Correu brossa", "Correu no desitjat",
  /* fr */ "Indésirables", "Indésirable", "Courrier indésirable", "Courriers indésirables",
  "Courrier indesirable", "Pourriel", "Pourriels", "Messages indésirables",
  "Éléments indésirables",
  /* it */ "Posta indesiderata", "Indesiderata", "Indesiderati",
  /* ro */ "Mesaje nedorite", "E-mail nedorit", "Nesolicitate", "Mesaje nesolicitate",
  "Poștă nedorită",
  /* de */ "Junk-E-Mail", "Junk-Mail", "Junk-E-Mails", "Unerwünscht", "Unerwünschte Werbung",
  "Spamverdacht", "Spam-Verdacht", "Unerwünschte E-Mails",
  /* nl */ "Ongewenst", "Ongewenste e-mail", "Ongewenste reclame", "Ongewenste berichten",
  /* sv */ "Skräppost", "Skräp", "Skräp-e-post",
  /* da */ "Uønsket mail", "Uønsket e-mail", "Uønsket post", "Uønsket",
  /* nb */ "Søppelpost", "Uønsket e-post",
  /* fi */ "Roskaposti", "Roskapostit",
  /* is */ "Ruslpóstur",
  /* et */ "Rämpspost", "Rämps",
  /* lv */ "Mēstules", "Surogātpasts", "Nevēlams e-pasts",
  /* lt */ "Brukalas", "Nepageidaujamas el. paštas", "Šlamštas",
  /* cs */ "Nevyžádaná pošta", "Nevyžádané", "Nevyžádané zprávy",
  /* sk */ "Nevyžiadaná pošta", "Nevyžiadané", "Nevyžiadané správy",
  /* pl */ "Wiadomości-śmieci", "Niechciane", "Niechciana poczta",
  "Wiadomości śmieci", "Poczta śmieci",
  /* hu */ "Levélszemét", "Kéretlen", "Kéretlen levelek", "Spam levelek",
  /* sl */ "Neželena pošta", "Neželena e-pošta", "Vsiljena pošta",
  /* hr */ "Neželjena pošta", "Bezvrijedna pošta", "Neželjena e-pošta",
  /* bg */ "Нежелана поща", "Спам",
  /* sr */ "Непожељна пошта", "Нежељена пошта",
  /* ru */ "Нежелательная почта", "Нежелательные", "Нежелательные письма",
  /* uk */ "Небажана пошта", "Небажані", "Небажані листи",
  /* tr */ "Önemsiz", "Önemsiz E-posta", "Gereksiz", "Gereksiz E-posta", "İstenmeyen",
  "İstenmeyen e-posta", "İstenmeyen Postalar",
  /* el */ "Ανεπιθύμητα", "Ανεπιθύμητη αλληλογραφία", "Ανεπιθύμητη Αλληλογραφία",
  "Ανεπιθύμητα μηνύματα",
  /* he */ "דואר זבל", "ספאם", "דואר אשפה",
  /* ar */ "البريد غير الهام", "البريد الإلكتروني غير الهام", "البريد العشوائي",
  "البريد غير المرغوب فيه", "بريد غير هام", "رسائل غير مرغوب فيها", "البريد المزعج",
  /* fa */ "هرزنامه", "جفنگ",
  /* hi */ "जंक ईमेल", "स्पैम",
  /* th */ "อีเมลขยะ", "จดหมายขยะ", "สแปม",
  /* vi */ "Thư rác", "Email rác", "Thư Rác",
  /* id */ "Email Sampah", "Surat sampah",
  /* ja */ "迷惑メール", "迷惑メールフォルダ", "迷惑メールフォルダー",
  /* zh */ "垃圾邮件", "垃圾郵件", "垃圾電子郵件", "垃圾邮件箱", "垃圾信件", "垃圾信件匣",
  /* ko */ "정크 메일", "정크메일", "스팸", "스팸메일함", "스팸 메일함", "스팸편지함", "정크 전자 메일",
};

static const char *const archive[] = {
  /* en */ "Archive", "Archives", "Archived", "Archived Messages", "Archive Mail",
  /* es */ "Archivo", "Archivados", "Archivado", "Archivar",
  /* pt */ "Arquivo", "Arquivos", "Arquivo morto", "Arquivados", "Arquivadas", "Arquivar",
  "Arquivamento",
  /* ca */ "Arxiu", "Arxius", "Arxiva",
  /* fr */ "Archivés", "Archiver", "Messages archivés",
  /* it */ "Archivio", "Archivi", "Archiviati",
  /* ro */ "Arhivă", "Arhiva", "Arhive", "Arhivare",
  /* de */ "Archiv", "Archivieren", "Archiviert",
  /* nl */ "Archief", "Archieven", "Archiveren",
  /* sv, da, nb */ "Arkiv", "Arkivet", "Arkiver", "Arkiverade", "Arkivera",
  /* fi */ "Arkisto", "Arkistot", "Arkistoidut", "Arkistoi",
  /* is */ "Skjalasafn",
  /* et */ "Arhiiv",
  /* lv */ "Arhīvs",
  /* lt */ "Archyvas", "Archyvai",
  /* cs */ "Archív", "Archivovat", "Archivy",
  /* sk */ "Archívy", "Archivované", "Archivovať",
  /* pl */ "Archiwum", "Archiwa", "Archiwizuj",
  /* hu */ "Archívum", "Archivált",
  /* sl, hr */ "Arhiv", "Arhivirano",
  /* bg, ru */ "Архив", "Архивы", "Архиви",
  /* sr */ "Архива",
  /* uk */ "Архів", "Архіви",
  /* tr */ "Arşiv", "Arşivler", "Arşivle",
  /* el */ "Αρχειοθήκη", "Αρχειοθέτηση",
  /* he */ "ארכיון", "בארכיון",
  /* ar */ "الأرشيف", "أرشيف", "أرشفة",
  /* fa */ "بایگانی",
  /* th */ "ที่เก็บถาวร", "เก็บถาวร",
  /* vi */ "Lưu trữ",
  /* id */ "Arsip",
  /* ja */ "アーカイブ",
  /* zh */ "存档", "归档", "封存", "歸檔", "存檔", "归档邮件",
  /* ko */ "보관", "보관함", "보관 편지함",
};

const char *
mm_role_to_nick (MmRole role)
{
  g_return_val_if_fail ((guint) role < MM_N_ROLES, "");

  return nicks[role];
}

MmRole
mm_role_from_nick (const char *nick)
{
  g_return_val_if_fail (nick != NULL, MM_ROLE_NONE);

  for (guint i = 0; i < MM_N_ROLES; i++)
    if (g_str_equal (nicks[i], nick))
      return i;
  return MM_ROLE_NONE;
}

/* NULL when @name is no UTF-8. */
static char *
fold (const char *name)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *folded = NULL;

  if (composed == NULL)
    return NULL;
  folded = g_utf8_casefold (composed, -1);
  return g_utf8_normalize (g_strstrip (folded), -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

static void
add_names (GHashTable        *table,
           const char *const *names,
           gsize              n_names,
           MmRole             role)
{
  for (gsize i = 0; i < n_names; i++)
    g_hash_table_insert (table, fold (names[i]), GINT_TO_POINTER (role));
}

static GHashTable *
get_names (void)
{
  static GHashTable *names;

  if (g_once_init_enter (&names))
    {
      GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      add_names (table, drafts, G_N_ELEMENTS (drafts), MM_ROLE_DRAFTS);
      add_names (table, sent, G_N_ELEMENTS (sent), MM_ROLE_SENT);
      add_names (table, trash, G_N_ELEMENTS (trash), MM_ROLE_TRASH);
      add_names (table, junk, G_N_ELEMENTS (junk), MM_ROLE_JUNK);
      add_names (table, archive, G_N_ELEMENTS (archive), MM_ROLE_ARCHIVE);
      g_once_init_leave (&names, table);
    }
  return names;
}

MmRole
mm_role_guess (const char *name)
{
  g_autofree char *folded = NULL;

  g_return_val_if_fail (name != NULL, MM_ROLE_NONE);

  folded = fold (name);
  if (folded == NULL)
    return MM_ROLE_NONE;
  return GPOINTER_TO_INT (g_hash_table_lookup (get_names (), folded));
}

gboolean
mm_role_is_view (MmRole role)
{
  return role == MM_ROLE_ALL || role == MM_ROLE_FLAGGED || role == MM_ROLE_IMPORTANT;
}
