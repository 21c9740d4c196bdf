const Utils = {
  async m0(value, { depth = 0, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-0`).join();
    return [value ?? 'none', rest];
  },
  async m1(value, { depth = 1, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-1`).join();
    return [value ?? 'none', rest];
  },
  async m2(value, { depth = 2, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-2`).join();
    return [value ?? 'none', rest];
  },
  async m3(value, { depth = 3, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-3`).join();
    return [value ?? 'none', rest];
  },
  async m4(value, { depth = 4, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-4`).join();
    return [value ?? 'none', rest];
  },
  async m5(value, { depth = 5, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-5`).join();
    return [value ?? 'none', rest];
  },
  async m6(value, { depth = 6, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-6`).join();
    return [value ?? 'none', rest];
  },
  async m7(value, { depth = 7, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-7`).join();
    return [value ?? 'none', rest];
  },
  async m8(value, { depth = 8, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-8`).join();
    return [value ?? 'none', rest];
  },
  async m9(value, { depth = 9, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-9`).join();
    return [value ?? 'none', rest];
  },
  async m10(value, { depth = 10, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-10`).join();
    return [value ?? 'none', rest];
  },
  async m11(value, { depth = 11, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-11`).join();
    return [value ?? 'none', rest];
  },
  async m12(value, { depth = 12, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-12`).join();
    return [value ?? 'none', rest];
  },
  async m13(value, { depth = 13, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-13`).join();
    return [value ?? 'none', rest];
  },
  async m14(value, { depth = 14, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-14`).join();
    return [value ?? 'none', rest];
  },
  async m15(value, { depth = 15, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-15`).join();
    return [value ?? 'none', rest];
  },
  async m16(value, { depth = 16, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-16`).join();
    return [value ?? 'none', rest];
  },
  async m17(value, { depth = 17, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-17`).join();
    return [value ?? 'none', rest];
  },
  async m18(value, { depth = 18, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-18`).join();
    return [value ?? 'none', rest];
  },
  async m19(value, { depth = 19, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-19`).join();
    return [value ?? 'none', rest];
  },
  async m20(value, { depth = 20, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-20`).join();
    return [value ?? 'none', rest];
  },
  async m21(value, { depth = 21, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-21`).join();
    return [value ?? 'none', rest];
  },
  async m22(value, { depth = 22, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-22`).join();
    return [value ?? 'none', rest];
  },
  async m23(value, { depth = 23, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-23`).join();
    return [value ?? 'none', rest];
  },
  async m24(value, { depth = 24, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-24`).join();
    return [value ?? 'none', rest];
  },
  async m25(value, { depth = 25, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-25`).join();
    return [value ?? 'none', rest];
  },
  async m26(value, { depth = 26, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-26`).join();
    return [value ?? 'none', rest];
  },
  async m27(value, { depth = 27, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-27`).join();
    return [value ?? 'none', rest];
  },
  async m28(value, { depth = 28, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-28`).join();
    return [value ?? 'none', rest];
  },
  async m29(value, { depth = 29, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-29`).join();
    return [value ?? 'none', rest];
  },
  async m30(value, { depth = 30, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-30`).join();
    return [value ?? 'none', rest];
  },
  async m31(value, { depth = 31, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-31`).join();
    return [value ?? 'none', rest];
  },
  async m32(value, { depth = 32, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-32`).join();
    return [value ?? 'none', rest];
  },
  async m33(value, { depth = 33, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-33`).join();
    return [value ?? 'none', rest];
  },
  async m34(value, { depth = 34, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-34`).join();
    return [value ?? 'none', rest];
  },
  async m35(value, { depth = 35, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-35`).join();
    return [value ?? 'none', rest];
  },
  async m36(value, { depth = 36, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-36`).join();
    return [value ?? 'none', rest];
  },
  async m37(value, { depth = 37, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-37`).join();
    return [value ?? 'none', rest];
  },
  async m38(value, { depth = 38, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-38`).join();
    return [value ?? 'none', rest];
  },
  async m39(value, { depth = 39, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-39`).join();
    return [value ?? 'none', rest];
  },
  async m40(value, { depth = 40, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-40`).join();
    return [value ?? 'none', rest];
  },
  async m41(value, { depth = 41, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-41`).join();
    return [value ?? 'none', rest];
  },
  async m42(value, { depth = 42, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-42`).join();
    return [value ?? 'none', rest];
  },
  async m43(value, { depth = 43, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-43`).join();
    return [value ?? 'none', rest];
  },
  async m44(value, { depth = 44, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-44`).join();
    return [value ?? 'none', rest];
  },
  async m45(value, { depth = 45, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-45`).join();
    return [value ?? 'none', rest];
  },
  async m46(value, { depth = 46, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-46`).join();
    return [value ?? 'none', rest];
  },
  async m47(value, { depth = 47, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-47`).join();
    return [value ?? 'none', rest];
  },
  async m48(value, { depth = 48, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-48`).join();
    return [value ?? 'none', rest];
  },
  async m49(value, { depth = 49, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-49`).join();
    return [value ?? 'none', rest];
  },
  async m50(value, { depth = 50, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-50`).join();
    return [value ?? 'none', rest];
  },
  async m51(value, { depth = 51, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-51`).join();
    return [value ?? 'none', rest];
  },
  async m52(value, { depth = 52, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-52`).join();
    return [value ?? 'none', rest];
  },
  async m53(value, { depth = 53, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-53`).join();
    return [value ?? 'none', rest];
  },
  async m54(value, { depth = 54, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-54`).join();
    return [value ?? 'none', rest];
  },
  async m55(value, { depth = 55, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-55`).join();
    return [value ?? 'none', rest];
  },
  async m56(value, { depth = 56, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-56`).join();
    return [value ?? 'none', rest];
  },
  async m57(value, { depth = 57, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-57`).join();
    return [value ?? 'none', rest];
  },
  async m58(value, { depth = 58, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-58`).join();
    return [value ?? 'none', rest];
  },
  async m59(value, { depth = 59, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-59`).join();
    return [value ?? 'none', rest];
  },
  async m60(value, { depth = 60, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-60`).join();
    return [value ?? 'none', rest];
  },
  async m61(value, { depth = 61, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-61`).join();
    return [value ?? 'none', rest];
  },
  async m62(value, { depth = 62, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-62`).join();
    return [value ?? 'none', rest];
  },
  async m63(value, { depth = 63, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-63`).join();
    return [value ?? 'none', rest];
  },
  async m64(value, { depth = 64, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-64`).join();
    return [value ?? 'none', rest];
  },
  async m65(value, { depth = 65, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-65`).join();
    return [value ?? 'none', rest];
  },
  async m66(value, { depth = 66, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-66`).join();
    return [value ?? 'none', rest];
  },
  async m67(value, { depth = 67, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-67`).join();
    return [value ?? 'none', rest];
  },
  async m68(value, { depth = 68, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-68`).join();
    return [value ?? 'none', rest];
  },
  async m69(value, { depth = 69, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-69`).join();
    return [value ?? 'none', rest];
  },
  async m70(value, { depth = 70, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-70`).join();
    return [value ?? 'none', rest];
  },
  async m71(value, { depth = 71, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-71`).join();
    return [value ?? 'none', rest];
  },
  async m72(value, { depth = 72, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-72`).join();
    return [value ?? 'none', rest];
  },
  async m73(value, { depth = 73, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-73`).join();
    return [value ?? 'none', rest];
  },
  async m74(value, { depth = 74, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-74`).join();
    return [value ?? 'none', rest];
  },
  async m75(value, { depth = 75, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-75`).join();
    return [value ?? 'none', rest];
  },
  async m76(value, { depth = 76, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-76`).join();
    return [value ?? 'none', rest];
  },
  async m77(value, { depth = 77, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-77`).join();
    return [value ?? 'none', rest];
  },
  async m78(value, { depth = 78, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-78`).join();
    return [value ?? 'none', rest];
  },
  async m79(value, { depth = 79, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-79`).join();
    return [value ?? 'none', rest];
  },
  async m80(value, { depth = 80, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-80`).join();
    return [value ?? 'none', rest];
  },
  async m81(value, { depth = 81, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-81`).join();
    return [value ?? 'none', rest];
  },
  async m82(value, { depth = 82, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-82`).join();
    return [value ?? 'none', rest];
  },
  async m83(value, { depth = 83, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-83`).join();
    return [value ?? 'none', rest];
  },
  async m84(value, { depth = 84, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-84`).join();
    return [value ?? 'none', rest];
  },
  async m85(value, { depth = 85, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-85`).join();
    return [value ?? 'none', rest];
  },
  async m86(value, { depth = 86, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-86`).join();
    return [value ?? 'none', rest];
  },
  async m87(value, { depth = 87, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-87`).join();
    return [value ?? 'none', rest];
  },
  async m88(value, { depth = 88, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-88`).join();
    return [value ?? 'none', rest];
  },
  async m89(value, { depth = 89, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-89`).join();
    return [value ?? 'none', rest];
  },
  async m90(value, { depth = 90, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-90`).join();
    return [value ?? 'none', rest];
  },
  async m91(value, { depth = 91, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-91`).join();
    return [value ?? 'none', rest];
  },
  async m92(value, { depth = 92, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-92`).join();
    return [value ?? 'none', rest];
  },
  async m93(value, { depth = 93, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-93`).join();
    return [value ?? 'none', rest];
  },
  async m94(value, { depth = 94, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-94`).join();
    return [value ?? 'none', rest];
  },
  async m95(value, { depth = 95, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-95`).join();
    return [value ?? 'none', rest];
  },
  async m96(value, { depth = 96, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-96`).join();
    return [value ?? 'none', rest];
  },
  async m97(value, { depth = 97, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-97`).join();
    return [value ?? 'none', rest];
  },
  async m98(value, { depth = 98, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-98`).join();
    return [value ?? 'none', rest];
  },
  async m99(value, { depth = 99, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-99`).join();
    return [value ?? 'none', rest];
  },
  async m100(value, { depth = 100, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-100`).join();
    return [value ?? 'none', rest];
  },
  async m101(value, { depth = 101, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-101`).join();
    return [value ?? 'none', rest];
  },
  async m102(value, { depth = 102, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-102`).join();
    return [value ?? 'none', rest];
  },
  async m103(value, { depth = 103, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-103`).join();
    return [value ?? 'none', rest];
  },
  async m104(value, { depth = 104, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-104`).join();
    return [value ?? 'none', rest];
  },
  async m105(value, { depth = 105, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-105`).join();
    return [value ?? 'none', rest];
  },
  async m106(value, { depth = 106, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-106`).join();
    return [value ?? 'none', rest];
  },
  async m107(value, { depth = 107, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-107`).join();
    return [value ?? 'none', rest];
  },
  async m108(value, { depth = 108, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-108`).join();
    return [value ?? 'none', rest];
  },
  async m109(value, { depth = 109, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-109`).join();
    return [value ?? 'none', rest];
  },
  async m110(value, { depth = 110, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-110`).join();
    return [value ?? 'none', rest];
  },
  async m111(value, { depth = 111, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-111`).join();
    return [value ?? 'none', rest];
  },
  async m112(value, { depth = 112, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-112`).join();
    return [value ?? 'none', rest];
  },
  async m113(value, { depth = 113, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-113`).join();
    return [value ?? 'none', rest];
  },
  async m114(value, { depth = 114, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-114`).join();
    return [value ?? 'none', rest];
  },
  async m115(value, { depth = 115, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-115`).join();
    return [value ?? 'none', rest];
  },
  async m116(value, { depth = 116, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-116`).join();
    return [value ?? 'none', rest];
  },
  async m117(value, { depth = 117, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-117`).join();
    return [value ?? 'none', rest];
  },
  async m118(value, { depth = 118, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-118`).join();
    return [value ?? 'none', rest];
  },
  async m119(value, { depth = 119, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-119`).join();
    return [value ?? 'none', rest];
  },
  async m120(value, { depth = 120, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-120`).join();
    return [value ?? 'none', rest];
  },
  async m121(value, { depth = 121, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-121`).join();
    return [value ?? 'none', rest];
  },
  async m122(value, { depth = 122, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-122`).join();
    return [value ?? 'none', rest];
  },
  async m123(value, { depth = 123, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-123`).join();
    return [value ?? 'none', rest];
  },
  async m124(value, { depth = 124, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-124`).join();
    return [value ?? 'none', rest];
  },
  async m125(value, { depth = 125, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-125`).join();
    return [value ?? 'none', rest];
  },
  async m126(value, { depth = 126, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-126`).join();
    return [value ?? 'none', rest];
  },
  async m127(value, { depth = 127, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-127`).join();
    return [value ?? 'none', rest];
  },
  async m128(value, { depth = 128, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-128`).join();
    return [value ?? 'none', rest];
  },
  async m129(value, { depth = 129, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-129`).join();
    return [value ?? 'none', rest];
  },
  async m130(value, { depth = 130, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-130`).join();
    return [value ?? 'none', rest];
  },
  async m131(value, { depth = 131, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-131`).join();
    return [value ?? 'none', rest];
  },
  async m132(value, { depth = 132, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-132`).join();
    return [value ?? 'none', rest];
  },
  async m133(value, { depth = 133, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-133`).join();
    return [value ?? 'none', rest];
  },
  async m134(value, { depth = 134, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-134`).join();
    return [value ?? 'none', rest];
  },
  async m135(value, { depth = 135, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-135`).join();
    return [value ?? 'none', rest];
  },
  async m136(value, { depth = 136, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-136`).join();
    return [value ?? 'none', rest];
  },
  async m137(value, { depth = 137, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-137`).join();
    return [value ?? 'none', rest];
  },
  async m138(value, { depth = 138, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-138`).join();
    return [value ?? 'none', rest];
  },
  async m139(value, { depth = 139, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-139`).join();
    return [value ?? 'none', rest];
  },
  async m140(value, { depth = 140, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-140`).join();
    return [value ?? 'none', rest];
  },
  async m141(value, { depth = 141, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-141`).join();
    return [value ?? 'none', rest];
  },
  async m142(value, { depth = 142, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-142`).join();
    return [value ?? 'none', rest];
  },
  async m143(value, { depth = 143, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-143`).join();
    return [value ?? 'none', rest];
  },
  async m144(value, { depth = 144, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-144`).join();
    return [value ?? 'none', rest];
  },
  async m145(value, { depth = 145, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-145`).join();
    return [value ?? 'none', rest];
  },
  async m146(value, { depth = 146, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-146`).join();
    return [value ?? 'none', rest];
  },
  async m147(value, { depth = 147, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-147`).join();
    return [value ?? 'none', rest];
  },
  async m148(value, { depth = 148, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-148`).join();
    return [value ?? 'none', rest];
  },
  async m149(value, { depth = 149, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-149`).join();
    return [value ?? 'none', rest];
  },
  async m150(value, { depth = 150, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-150`).join();
    return [value ?? 'none', rest];
  },
  async m151(value, { depth = 151, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-151`).join();
    return [value ?? 'none', rest];
  },
  async m152(value, { depth = 152, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-152`).join();
    return [value ?? 'none', rest];
  },
  async m153(value, { depth = 153, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-153`).join();
    return [value ?? 'none', rest];
  },
  async m154(value, { depth = 154, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-154`).join();
    return [value ?? 'none', rest];
  },
  async m155(value, { depth = 155, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-155`).join();
    return [value ?? 'none', rest];
  },
  async m156(value, { depth = 156, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-156`).join();
    return [value ?? 'none', rest];
  },
  async m157(value, { depth = 157, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-157`).join();
    return [value ?? 'none', rest];
  },
  async m158(value, { depth = 158, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-158`).join();
    return [value ?? 'none', rest];
  },
  async m159(value, { depth = 159, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-159`).join();
    return [value ?? 'none', rest];
  },
  async m160(value, { depth = 160, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-160`).join();
    return [value ?? 'none', rest];
  },
  async m161(value, { depth = 161, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-161`).join();
    return [value ?? 'none', rest];
  },
  async m162(value, { depth = 162, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-162`).join();
    return [value ?? 'none', rest];
  },
  async m163(value, { depth = 163, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-163`).join();
    return [value ?? 'none', rest];
  },
  async m164(value, { depth = 164, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-164`).join();
    return [value ?? 'none', rest];
  },
  async m165(value, { depth = 165, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-165`).join();
    return [value ?? 'none', rest];
  },
  async m166(value, { depth = 166, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-166`).join();
    return [value ?? 'none', rest];
  },
  async m167(value, { depth = 167, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-167`).join();
    return [value ?? 'none', rest];
  },
  async m168(value, { depth = 168, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-168`).join();
    return [value ?? 'none', rest];
  },
  async m169(value, { depth = 169, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-169`).join();
    return [value ?? 'none', rest];
  },
  async m170(value, { depth = 170, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-170`).join();
    return [value ?? 'none', rest];
  },
  async m171(value, { depth = 171, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-171`).join();
    return [value ?? 'none', rest];
  },
  async m172(value, { depth = 172, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-172`).join();
    return [value ?? 'none', rest];
  },
  async m173(value, { depth = 173, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-173`).join();
    return [value ?? 'none', rest];
  },
  async m174(value, { depth = 174, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-174`).join();
    return [value ?? 'none', rest];
  },
  async m175(value, { depth = 175, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-175`).join();
    return [value ?? 'none', rest];
  },
  async m176(value, { depth = 176, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-176`).join();
    return [value ?? 'none', rest];
  },
  async m177(value, { depth = 177, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-177`).join();
    return [value ?? 'none', rest];
  },
  async m178(value, { depth = 178, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-178`).join();
    return [value ?? 'none', rest];
  },
  async m179(value, { depth = 179, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-179`).join();
    return [value ?? 'none', rest];
  },
  async m180(value, { depth = 180, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-180`).join();
    return [value ?? 'none', rest];
  },
  async m181(value, { depth = 181, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-181`).join();
    return [value ?? 'none', rest];
  },
  async m182(value, { depth = 182, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-182`).join();
    return [value ?? 'none', rest];
  },
  async m183(value, { depth = 183, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-183`).join();
    return [value ?? 'none', rest];
  },
  async m184(value, { depth = 184, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-184`).join();
    return [value ?? 'none', rest];
  },
  async m185(value, { depth = 185, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-185`).join();
    return [value ?? 'none', rest];
  },
  async m186(value, { depth = 186, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-186`).join();
    return [value ?? 'none', rest];
  },
  async m187(value, { depth = 187, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-187`).join();
    return [value ?? 'none', rest];
  },
  async m188(value, { depth = 188, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-188`).join();
    return [value ?? 'none', rest];
  },
  async m189(value, { depth = 189, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-189`).join();
    return [value ?? 'none', rest];
  },
  async m190(value, { depth = 190, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-190`).join();
    return [value ?? 'none', rest];
  },
  async m191(value, { depth = 191, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-191`).join();
    return [value ?? 'none', rest];
  },
  async m192(value, { depth = 192, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-192`).join();
    return [value ?? 'none', rest];
  },
  async m193(value, { depth = 193, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-193`).join();
    return [value ?? 'none', rest];
  },
  async m194(value, { depth = 194, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-194`).join();
    return [value ?? 'none', rest];
  },
  async m195(value, { depth = 195, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-195`).join();
    return [value ?? 'none', rest];
  },
  async m196(value, { depth = 196, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-196`).join();
    return [value ?? 'none', rest];
  },
  async m197(value, { depth = 197, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-197`).join();
    return [value ?? 'none', rest];
  },
  async m198(value, { depth = 198, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-198`).join();
    return [value ?? 'none', rest];
  },
  async m199(value, { depth = 199, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-199`).join();
    return [value ?? 'none', rest];
  },
  async m200(value, { depth = 200, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-200`).join();
    return [value ?? 'none', rest];
  },
  async m201(value, { depth = 201, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-201`).join();
    return [value ?? 'none', rest];
  },
  async m202(value, { depth = 202, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-202`).join();
    return [value ?? 'none', rest];
  },
  async m203(value, { depth = 203, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-203`).join();
    return [value ?? 'none', rest];
  },
  async m204(value, { depth = 204, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-204`).join();
    return [value ?? 'none', rest];
  },
  async m205(value, { depth = 205, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-205`).join();
    return [value ?? 'none', rest];
  },
  async m206(value, { depth = 206, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-206`).join();
    return [value ?? 'none', rest];
  },
  async m207(value, { depth = 207, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-207`).join();
    return [value ?? 'none', rest];
  },
  async m208(value, { depth = 208, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-208`).join();
    return [value ?? 'none', rest];
  },
  async m209(value, { depth = 209, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-209`).join();
    return [value ?? 'none', rest];
  },
  async m210(value, { depth = 210, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-210`).join();
    return [value ?? 'none', rest];
  },
  async m211(value, { depth = 211, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-211`).join();
    return [value ?? 'none', rest];
  },
  async m212(value, { depth = 212, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-212`).join();
    return [value ?? 'none', rest];
  },
  async m213(value, { depth = 213, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-213`).join();
    return [value ?? 'none', rest];
  },
  async m214(value, { depth = 214, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-214`).join();
    return [value ?? 'none', rest];
  },
  async m215(value, { depth = 215, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-215`).join();
    return [value ?? 'none', rest];
  },
  async m216(value, { depth = 216, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-216`).join();
    return [value ?? 'none', rest];
  },
  async m217(value, { depth = 217, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-217`).join();
    return [value ?? 'none', rest];
  },
  async m218(value, { depth = 218, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-218`).join();
    return [value ?? 'none', rest];
  },
  async m219(value, { depth = 219, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-219`).join();
    return [value ?? 'none', rest];
  },
  async m220(value, { depth = 220, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-220`).join();
    return [value ?? 'none', rest];
  },
  async m221(value, { depth = 221, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-221`).join();
    return [value ?? 'none', rest];
  },
  async m222(value, { depth = 222, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-222`).join();
    return [value ?? 'none', rest];
  },
  async m223(value, { depth = 223, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-223`).join();
    return [value ?? 'none', rest];
  },
  async m224(value, { depth = 224, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-224`).join();
    return [value ?? 'none', rest];
  },
  async m225(value, { depth = 225, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-225`).join();
    return [value ?? 'none', rest];
  },
  async m226(value, { depth = 226, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-226`).join();
    return [value ?? 'none', rest];
  },
  async m227(value, { depth = 227, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-227`).join();
    return [value ?? 'none', rest];
  },
  async m228(value, { depth = 228, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-228`).join();
    return [value ?? 'none', rest];
  },
  async m229(value, { depth = 229, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-229`).join();
    return [value ?? 'none', rest];
  },
  async m230(value, { depth = 230, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-230`).join();
    return [value ?? 'none', rest];
  },
  async m231(value, { depth = 231, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-231`).join();
    return [value ?? 'none', rest];
  },
  async m232(value, { depth = 232, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-232`).join();
    return [value ?? 'none', rest];
  },
  async m233(value, { depth = 233, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-233`).join();
    return [value ?? 'none', rest];
  },
  async m234(value, { depth = 234, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-234`).join();
    return [value ?? 'none', rest];
  },
  async m235(value, { depth = 235, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-235`).join();
    return [value ?? 'none', rest];
  },
  async m236(value, { depth = 236, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-236`).join();
    return [value ?? 'none', rest];
  },
  async m237(value, { depth = 237, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-237`).join();
    return [value ?? 'none', rest];
  },
  async m238(value, { depth = 238, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-238`).join();
    return [value ?? 'none', rest];
  },
  async m239(value, { depth = 239, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-239`).join();
    return [value ?? 'none', rest];
  },
  async m240(value, { depth = 240, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-240`).join();
    return [value ?? 'none', rest];
  },
  async m241(value, { depth = 241, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-241`).join();
    return [value ?? 'none', rest];
  },
  async m242(value, { depth = 242, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-242`).join();
    return [value ?? 'none', rest];
  },
  async m243(value, { depth = 243, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-243`).join();
    return [value ?? 'none', rest];
  },
  async m244(value, { depth = 244, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-244`).join();
    return [value ?? 'none', rest];
  },
  async m245(value, { depth = 245, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-245`).join();
    return [value ?? 'none', rest];
  },
  async m246(value, { depth = 246, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-246`).join();
    return [value ?? 'none', rest];
  },
  async m247(value, { depth = 247, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-247`).join();
    return [value ?? 'none', rest];
  },
  async m248(value, { depth = 248, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-248`).join();
    return [value ?? 'none', rest];
  },
  async m249(value, { depth = 249, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-249`).join();
    return [value ?? 'none', rest];
  },
  async m250(value, { depth = 250, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-250`).join();
    return [value ?? 'none', rest];
  },
  async m251(value, { depth = 251, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-251`).join();
    return [value ?? 'none', rest];
  },
  async m252(value, { depth = 252, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-252`).join();
    return [value ?? 'none', rest];
  },
  async m253(value, { depth = 253, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-253`).join();
    return [value ?? 'none', rest];
  },
  async m254(value, { depth = 254, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-254`).join();
    return [value ?? 'none', rest];
  },
  async m255(value, { depth = 255, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-255`).join();
    return [value ?? 'none', rest];
  },
  async m256(value, { depth = 256, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-256`).join();
    return [value ?? 'none', rest];
  },
  async m257(value, { depth = 257, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-257`).join();
    return [value ?? 'none', rest];
  },
  async m258(value, { depth = 258, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-258`).join();
    return [value ?? 'none', rest];
  },
  async m259(value, { depth = 259, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-259`).join();
    return [value ?? 'none', rest];
  },
  async m260(value, { depth = 260, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-260`).join();
    return [value ?? 'none', rest];
  },
  async m261(value, { depth = 261, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-261`).join();
    return [value ?? 'none', rest];
  },
  async m262(value, { depth = 262, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-262`).join();
    return [value ?? 'none', rest];
  },
  async m263(value, { depth = 263, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-263`).join();
    return [value ?? 'none', rest];
  },
  async m264(value, { depth = 264, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-264`).join();
    return [value ?? 'none', rest];
  },
  async m265(value, { depth = 265, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-265`).join();
    return [value ?? 'none', rest];
  },
  async m266(value, { depth = 266, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-266`).join();
    return [value ?? 'none', rest];
  },
  async m267(value, { depth = 267, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-267`).join();
    return [value ?? 'none', rest];
  },
  async m268(value, { depth = 268, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-268`).join();
    return [value ?? 'none', rest];
  },
  async m269(value, { depth = 269, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-269`).join();
    return [value ?? 'none', rest];
  },
  async m270(value, { depth = 270, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-270`).join();
    return [value ?? 'none', rest];
  },
  async m271(value, { depth = 271, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-271`).join();
    return [value ?? 'none', rest];
  },
  async m272(value, { depth = 272, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-272`).join();
    return [value ?? 'none', rest];
  },
  async m273(value, { depth = 273, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-273`).join();
    return [value ?? 'none', rest];
  },
  async m274(value, { depth = 274, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-274`).join();
    return [value ?? 'none', rest];
  },
  async m275(value, { depth = 275, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-275`).join();
    return [value ?? 'none', rest];
  },
  async m276(value, { depth = 276, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-276`).join();
    return [value ?? 'none', rest];
  },
  async m277(value, { depth = 277, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-277`).join();
    return [value ?? 'none', rest];
  },
  async m278(value, { depth = 278, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-278`).join();
    return [value ?? 'none', rest];
  },
  async m279(value, { depth = 279, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-279`).join();
    return [value ?? 'none', rest];
  },
  async m280(value, { depth = 280, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-280`).join();
    return [value ?? 'none', rest];
  },
  async m281(value, { depth = 281, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-281`).join();
    return [value ?? 'none', rest];
  },
  async m282(value, { depth = 282, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-282`).join();
    return [value ?? 'none', rest];
  },
  async m283(value, { depth = 283, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-283`).join();
    return [value ?? 'none', rest];
  },
  async m284(value, { depth = 284, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-284`).join();
    return [value ?? 'none', rest];
  },
  async m285(value, { depth = 285, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-285`).join();
    return [value ?? 'none', rest];
  },
  async m286(value, { depth = 286, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-286`).join();
    return [value ?? 'none', rest];
  },
  async m287(value, { depth = 287, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-287`).join();
    return [value ?? 'none', rest];
  },
  async m288(value, { depth = 288, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-288`).join();
    return [value ?? 'none', rest];
  },
  async m289(value, { depth = 289, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-289`).join();
    return [value ?? 'none', rest];
  },
  async m290(value, { depth = 290, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-290`).join();
    return [value ?? 'none', rest];
  },
  async m291(value, { depth = 291, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-291`).join();
    return [value ?? 'none', rest];
  },
  async m292(value, { depth = 292, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-292`).join();
    return [value ?? 'none', rest];
  },
  async m293(value, { depth = 293, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-293`).join();
    return [value ?? 'none', rest];
  },
  async m294(value, { depth = 294, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-294`).join();
    return [value ?? 'none', rest];
  },
  async m295(value, { depth = 295, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-295`).join();
    return [value ?? 'none', rest];
  },
  async m296(value, { depth = 296, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-296`).join();
    return [value ?? 'none', rest];
  },
  async m297(value, { depth = 297, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-297`).join();
    return [value ?? 'none', rest];
  },
  async m298(value, { depth = 298, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-298`).join();
    return [value ?? 'none', rest];
  },
  async m299(value, { depth = 299, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-299`).join();
    return [value ?? 'none', rest];
  },
  async m300(value, { depth = 300, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-300`).join();
    return [value ?? 'none', rest];
  },
  async m301(value, { depth = 301, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-301`).join();
    return [value ?? 'none', rest];
  },
  async m302(value, { depth = 302, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-302`).join();
    return [value ?? 'none', rest];
  },
  async m303(value, { depth = 303, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-303`).join();
    return [value ?? 'none', rest];
  },
  async m304(value, { depth = 304, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-304`).join();
    return [value ?? 'none', rest];
  },
  async m305(value, { depth = 305, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-305`).join();
    return [value ?? 'none', rest];
  },
  async m306(value, { depth = 306, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-306`).join();
    return [value ?? 'none', rest];
  },
  async m307(value, { depth = 307, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-307`).join();
    return [value ?? 'none', rest];
  },
  async m308(value, { depth = 308, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-308`).join();
    return [value ?? 'none', rest];
  },
  async m309(value, { depth = 309, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-309`).join();
    return [value ?? 'none', rest];
  },
  async m310(value, { depth = 310, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-310`).join();
    return [value ?? 'none', rest];
  },
  async m311(value, { depth = 311, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-311`).join();
    return [value ?? 'none', rest];
  },
  async m312(value, { depth = 312, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-312`).join();
    return [value ?? 'none', rest];
  },
  async m313(value, { depth = 313, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-313`).join();
    return [value ?? 'none', rest];
  },
  async m314(value, { depth = 314, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-314`).join();
    return [value ?? 'none', rest];
  },
  async m315(value, { depth = 315, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-315`).join();
    return [value ?? 'none', rest];
  },
  async m316(value, { depth = 316, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-316`).join();
    return [value ?? 'none', rest];
  },
  async m317(value, { depth = 317, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-317`).join();
    return [value ?? 'none', rest];
  },
  async m318(value, { depth = 318, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-318`).join();
    return [value ?? 'none', rest];
  },
  async m319(value, { depth = 319, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-319`).join();
    return [value ?? 'none', rest];
  },
  async m320(value, { depth = 320, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-320`).join();
    return [value ?? 'none', rest];
  },
  async m321(value, { depth = 321, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-321`).join();
    return [value ?? 'none', rest];
  },
  async m322(value, { depth = 322, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-322`).join();
    return [value ?? 'none', rest];
  },
  async m323(value, { depth = 323, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-323`).join();
    return [value ?? 'none', rest];
  },
  async m324(value, { depth = 324, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-324`).join();
    return [value ?? 'none', rest];
  },
  async m325(value, { depth = 325, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-325`).join();
    return [value ?? 'none', rest];
  },
  async m326(value, { depth = 326, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-326`).join();
    return [value ?? 'none', rest];
  },
  async m327(value, { depth = 327, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-327`).join();
    return [value ?? 'none', rest];
  },
  async m328(value, { depth = 328, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-328`).join();
    return [value ?? 'none', rest];
  },
  async m329(value, { depth = 329, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-329`).join();
    return [value ?? 'none', rest];
  },
  async m330(value, { depth = 330, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-330`).join();
    return [value ?? 'none', rest];
  },
  async m331(value, { depth = 331, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-331`).join();
    return [value ?? 'none', rest];
  },
  async m332(value, { depth = 332, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-332`).join();
    return [value ?? 'none', rest];
  },
  async m333(value, { depth = 333, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-333`).join();
    return [value ?? 'none', rest];
  },
  async m334(value, { depth = 334, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-334`).join();
    return [value ?? 'none', rest];
  },
  async m335(value, { depth = 335, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-335`).join();
    return [value ?? 'none', rest];
  },
  async m336(value, { depth = 336, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-336`).join();
    return [value ?? 'none', rest];
  },
  async m337(value, { depth = 337, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-337`).join();
    return [value ?? 'none', rest];
  },
  async m338(value, { depth = 338, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-338`).join();
    return [value ?? 'none', rest];
  },
  async m339(value, { depth = 339, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-339`).join();
    return [value ?? 'none', rest];
  },
  async m340(value, { depth = 340, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-340`).join();
    return [value ?? 'none', rest];
  },
  async m341(value, { depth = 341, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-341`).join();
    return [value ?? 'none', rest];
  },
  async m342(value, { depth = 342, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-342`).join();
    return [value ?? 'none', rest];
  },
  async m343(value, { depth = 343, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-343`).join();
    return [value ?? 'none', rest];
  },
  async m344(value, { depth = 344, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-344`).join();
    return [value ?? 'none', rest];
  },
  async m345(value, { depth = 345, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-345`).join();
    return [value ?? 'none', rest];
  },
  async m346(value, { depth = 346, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-346`).join();
    return [value ?? 'none', rest];
  },
  async m347(value, { depth = 347, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-347`).join();
    return [value ?? 'none', rest];
  },
  async m348(value, { depth = 348, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-348`).join();
    return [value ?? 'none', rest];
  },
  async m349(value, { depth = 349, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-349`).join();
    return [value ?? 'none', rest];
  },
  async m350(value, { depth = 350, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-350`).join();
    return [value ?? 'none', rest];
  },
  async m351(value, { depth = 351, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-351`).join();
    return [value ?? 'none', rest];
  },
  async m352(value, { depth = 352, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-352`).join();
    return [value ?? 'none', rest];
  },
  async m353(value, { depth = 353, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-353`).join();
    return [value ?? 'none', rest];
  },
  async m354(value, { depth = 354, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-354`).join();
    return [value ?? 'none', rest];
  },
  async m355(value, { depth = 355, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-355`).join();
    return [value ?? 'none', rest];
  },
  async m356(value, { depth = 356, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-356`).join();
    return [value ?? 'none', rest];
  },
  async m357(value, { depth = 357, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-357`).join();
    return [value ?? 'none', rest];
  },
  async m358(value, { depth = 358, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-358`).join();
    return [value ?? 'none', rest];
  },
  async m359(value, { depth = 359, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-359`).join();
    return [value ?? 'none', rest];
  },
  async m360(value, { depth = 360, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-360`).join();
    return [value ?? 'none', rest];
  },
  async m361(value, { depth = 361, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-361`).join();
    return [value ?? 'none', rest];
  },
  async m362(value, { depth = 362, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-362`).join();
    return [value ?? 'none', rest];
  },
  async m363(value, { depth = 363, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-363`).join();
    return [value ?? 'none', rest];
  },
  async m364(value, { depth = 364, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-364`).join();
    return [value ?? 'none', rest];
  },
  async m365(value, { depth = 365, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-365`).join();
    return [value ?? 'none', rest];
  },
  async m366(value, { depth = 366, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-366`).join();
    return [value ?? 'none', rest];
  },
  async m367(value, { depth = 367, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-367`).join();
    return [value ?? 'none', rest];
  },
  async m368(value, { depth = 368, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-368`).join();
    return [value ?? 'none', rest];
  },
  async m369(value, { depth = 369, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-369`).join();
    return [value ?? 'none', rest];
  },
  async m370(value, { depth = 370, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-370`).join();
    return [value ?? 'none', rest];
  },
  async m371(value, { depth = 371, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-371`).join();
    return [value ?? 'none', rest];
  },
  async m372(value, { depth = 372, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-372`).join();
    return [value ?? 'none', rest];
  },
  async m373(value, { depth = 373, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-373`).join();
    return [value ?? 'none', rest];
  },
  async m374(value, { depth = 374, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-374`).join();
    return [value ?? 'none', rest];
  },
  async m375(value, { depth = 375, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-375`).join();
    return [value ?? 'none', rest];
  },
  async m376(value, { depth = 376, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-376`).join();
    return [value ?? 'none', rest];
  },
  async m377(value, { depth = 377, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-377`).join();
    return [value ?? 'none', rest];
  },
  async m378(value, { depth = 378, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-378`).join();
    return [value ?? 'none', rest];
  },
  async m379(value, { depth = 379, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-379`).join();
    return [value ?? 'none', rest];
  },
  async m380(value, { depth = 380, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-380`).join();
    return [value ?? 'none', rest];
  },
  async m381(value, { depth = 381, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-381`).join();
    return [value ?? 'none', rest];
  },
  async m382(value, { depth = 382, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-382`).join();
    return [value ?? 'none', rest];
  },
  async m383(value, { depth = 383, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-383`).join();
    return [value ?? 'none', rest];
  },
  async m384(value, { depth = 384, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-384`).join();
    return [value ?? 'none', rest];
  },
  async m385(value, { depth = 385, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-385`).join();
    return [value ?? 'none', rest];
  },
  async m386(value, { depth = 386, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-386`).join();
    return [value ?? 'none', rest];
  },
  async m387(value, { depth = 387, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-387`).join();
    return [value ?? 'none', rest];
  },
  async m388(value, { depth = 388, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-388`).join();
    return [value ?? 'none', rest];
  },
  async m389(value, { depth = 389, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-389`).join();
    return [value ?? 'none', rest];
  },
  async m390(value, { depth = 390, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-390`).join();
    return [value ?? 'none', rest];
  },
  async m391(value, { depth = 391, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-391`).join();
    return [value ?? 'none', rest];
  },
  async m392(value, { depth = 392, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-392`).join();
    return [value ?? 'none', rest];
  },
  async m393(value, { depth = 393, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-393`).join();
    return [value ?? 'none', rest];
  },
  async m394(value, { depth = 394, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-394`).join();
    return [value ?? 'none', rest];
  },
  async m395(value, { depth = 395, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-395`).join();
    return [value ?? 'none', rest];
  },
  async m396(value, { depth = 396, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-396`).join();
    return [value ?? 'none', rest];
  },
  async m397(value, { depth = 397, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-397`).join();
    return [value ?? 'none', rest];
  },
  async m398(value, { depth = 398, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-398`).join();
    return [value ?? 'none', rest];
  },
  async m399(value, { depth = 399, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-399`).join();
    return [value ?? 'none', rest];
  },
  async m400(value, { depth = 400, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-400`).join();
    return [value ?? 'none', rest];
  },
  async m401(value, { depth = 401, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-401`).join();
    return [value ?? 'none', rest];
  },
  async m402(value, { depth = 402, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-402`).join();
    return [value ?? 'none', rest];
  },
  async m403(value, { depth = 403, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-403`).join();
    return [value ?? 'none', rest];
  },
  async m404(value, { depth = 404, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-404`).join();
    return [value ?? 'none', rest];
  },
  async m405(value, { depth = 405, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-405`).join();
    return [value ?? 'none', rest];
  },
  async m406(value, { depth = 406, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-406`).join();
    return [value ?? 'none', rest];
  },
  async m407(value, { depth = 407, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-407`).join();
    return [value ?? 'none', rest];
  },
  async m408(value, { depth = 408, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-408`).join();
    return [value ?? 'none', rest];
  },
  async m409(value, { depth = 409, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-409`).join();
    return [value ?? 'none', rest];
  },
  async m410(value, { depth = 410, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-410`).join();
    return [value ?? 'none', rest];
  },
  async m411(value, { depth = 411, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-411`).join();
    return [value ?? 'none', rest];
  },
  async m412(value, { depth = 412, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-412`).join();
    return [value ?? 'none', rest];
  },
  async m413(value, { depth = 413, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-413`).join();
    return [value ?? 'none', rest];
  },
  async m414(value, { depth = 414, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-414`).join();
    return [value ?? 'none', rest];
  },
  async m415(value, { depth = 415, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-415`).join();
    return [value ?? 'none', rest];
  },
  async m416(value, { depth = 416, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-416`).join();
    return [value ?? 'none', rest];
  },
  async m417(value, { depth = 417, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-417`).join();
    return [value ?? 'none', rest];
  },
  async m418(value, { depth = 418, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-418`).join();
    return [value ?? 'none', rest];
  },
  async m419(value, { depth = 419, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-419`).join();
    return [value ?? 'none', rest];
  },
  async m420(value, { depth = 420, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-420`).join();
    return [value ?? 'none', rest];
  },
  async m421(value, { depth = 421, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-421`).join();
    return [value ?? 'none', rest];
  },
  async m422(value, { depth = 422, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-422`).join();
    return [value ?? 'none', rest];
  },
  async m423(value, { depth = 423, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-423`).join();
    return [value ?? 'none', rest];
  },
  async m424(value, { depth = 424, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-424`).join();
    return [value ?? 'none', rest];
  },
  async m425(value, { depth = 425, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-425`).join();
    return [value ?? 'none', rest];
  },
  async m426(value, { depth = 426, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-426`).join();
    return [value ?? 'none', rest];
  },
  async m427(value, { depth = 427, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-427`).join();
    return [value ?? 'none', rest];
  },
  async m428(value, { depth = 428, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-428`).join();
    return [value ?? 'none', rest];
  },
  async m429(value, { depth = 429, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-429`).join();
    return [value ?? 'none', rest];
  },
  async m430(value, { depth = 430, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-430`).join();
    return [value ?? 'none', rest];
  },
  async m431(value, { depth = 431, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-431`).join();
    return [value ?? 'none', rest];
  },
  async m432(value, { depth = 432, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-432`).join();
    return [value ?? 'none', rest];
  },
  async m433(value, { depth = 433, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-433`).join();
    return [value ?? 'none', rest];
  },
  async m434(value, { depth = 434, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-434`).join();
    return [value ?? 'none', rest];
  },
  async m435(value, { depth = 435, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-435`).join();
    return [value ?? 'none', rest];
  },
  async m436(value, { depth = 436, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-436`).join();
    return [value ?? 'none', rest];
  },
  async m437(value, { depth = 437, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-437`).join();
    return [value ?? 'none', rest];
  },
  async m438(value, { depth = 438, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-438`).join();
    return [value ?? 'none', rest];
  },
  async m439(value, { depth = 439, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-439`).join();
    return [value ?? 'none', rest];
  },
  async m440(value, { depth = 440, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-440`).join();
    return [value ?? 'none', rest];
  },
  async m441(value, { depth = 441, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-441`).join();
    return [value ?? 'none', rest];
  },
  async m442(value, { depth = 442, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-442`).join();
    return [value ?? 'none', rest];
  },
  async m443(value, { depth = 443, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-443`).join();
    return [value ?? 'none', rest];
  },
  async m444(value, { depth = 444, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-444`).join();
    return [value ?? 'none', rest];
  },
  async m445(value, { depth = 445, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-445`).join();
    return [value ?? 'none', rest];
  },
  async m446(value, { depth = 446, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-446`).join();
    return [value ?? 'none', rest];
  },
  async m447(value, { depth = 447, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-447`).join();
    return [value ?? 'none', rest];
  },
  async m448(value, { depth = 448, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-448`).join();
    return [value ?? 'none', rest];
  },
  async m449(value, { depth = 449, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-449`).join();
    return [value ?? 'none', rest];
  },
  async m450(value, { depth = 450, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-450`).join();
    return [value ?? 'none', rest];
  },
  async m451(value, { depth = 451, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-451`).join();
    return [value ?? 'none', rest];
  },
  async m452(value, { depth = 452, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-452`).join();
    return [value ?? 'none', rest];
  },
  async m453(value, { depth = 453, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-453`).join();
    return [value ?? 'none', rest];
  },
  async m454(value, { depth = 454, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-454`).join();
    return [value ?? 'none', rest];
  },
  async m455(value, { depth = 455, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-455`).join();
    return [value ?? 'none', rest];
  },
  async m456(value, { depth = 456, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-456`).join();
    return [value ?? 'none', rest];
  },
  async m457(value, { depth = 457, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-457`).join();
    return [value ?? 'none', rest];
  },
  async m458(value, { depth = 458, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-458`).join();
    return [value ?? 'none', rest];
  },
  async m459(value, { depth = 459, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-459`).join();
    return [value ?? 'none', rest];
  },
  async m460(value, { depth = 460, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-460`).join();
    return [value ?? 'none', rest];
  },
  async m461(value, { depth = 461, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-461`).join();
    return [value ?? 'none', rest];
  },
  async m462(value, { depth = 462, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-462`).join();
    return [value ?? 'none', rest];
  },
  async m463(value, { depth = 463, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-463`).join();
    return [value ?? 'none', rest];
  },
  async m464(value, { depth = 464, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-464`).join();
    return [value ?? 'none', rest];
  },
  async m465(value, { depth = 465, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-465`).join();
    return [value ?? 'none', rest];
  },
  async m466(value, { depth = 466, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-466`).join();
    return [value ?? 'none', rest];
  },
  async m467(value, { depth = 467, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-467`).join();
    return [value ?? 'none', rest];
  },
  async m468(value, { depth = 468, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-468`).join();
    return [value ?? 'none', rest];
  },
  async m469(value, { depth = 469, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-469`).join();
    return [value ?? 'none', rest];
  },
  async m470(value, { depth = 470, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-470`).join();
    return [value ?? 'none', rest];
  },
  async m471(value, { depth = 471, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-471`).join();
    return [value ?? 'none', rest];
  },
  async m472(value, { depth = 472, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-472`).join();
    return [value ?? 'none', rest];
  },
  async m473(value, { depth = 473, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-473`).join();
    return [value ?? 'none', rest];
  },
  async m474(value, { depth = 474, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-474`).join();
    return [value ?? 'none', rest];
  },
  async m475(value, { depth = 475, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-475`).join();
    return [value ?? 'none', rest];
  },
  async m476(value, { depth = 476, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-476`).join();
    return [value ?? 'none', rest];
  },
  async m477(value, { depth = 477, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-477`).join();
    return [value ?? 'none', rest];
  },
  async m478(value, { depth = 478, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-478`).join();
    return [value ?? 'none', rest];
  },
  async m479(value, { depth = 479, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-479`).join();
    return [value ?? 'none', rest];
  },
  async m480(value, { depth = 480, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-480`).join();
    return [value ?? 'none', rest];
  },
  async m481(value, { depth = 481, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-481`).join();
    return [value ?? 'none', rest];
  },
  async m482(value, { depth = 482, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-482`).join();
    return [value ?? 'none', rest];
  },
  async m483(value, { depth = 483, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-483`).join();
    return [value ?? 'none', rest];
  },
  async m484(value, { depth = 484, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-484`).join();
    return [value ?? 'none', rest];
  },
  async m485(value, { depth = 485, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-485`).join();
    return [value ?? 'none', rest];
  },
  async m486(value, { depth = 486, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-486`).join();
    return [value ?? 'none', rest];
  },
  async m487(value, { depth = 487, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-487`).join();
    return [value ?? 'none', rest];
  },
  async m488(value, { depth = 488, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-488`).join();
    return [value ?? 'none', rest];
  },
  async m489(value, { depth = 489, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-489`).join();
    return [value ?? 'none', rest];
  },
  async m490(value, { depth = 490, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-490`).join();
    return [value ?? 'none', rest];
  },
  async m491(value, { depth = 491, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-491`).join();
    return [value ?? 'none', rest];
  },
  async m492(value, { depth = 492, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-492`).join();
    return [value ?? 'none', rest];
  },
  async m493(value, { depth = 493, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-493`).join();
    return [value ?? 'none', rest];
  },
  async m494(value, { depth = 494, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-494`).join();
    return [value ?? 'none', rest];
  },
  async m495(value, { depth = 495, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-495`).join();
    return [value ?? 'none', rest];
  },
  async m496(value, { depth = 496, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-496`).join();
    return [value ?? 'none', rest];
  },
  async m497(value, { depth = 497, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-497`).join();
    return [value ?? 'none', rest];
  },
  async m498(value, { depth = 498, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-498`).join();
    return [value ?? 'none', rest];
  },
  async m499(value, { depth = 499, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-499`).join();
    return [value ?? 'none', rest];
  },
  async m500(value, { depth = 500, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-500`).join();
    return [value ?? 'none', rest];
  },
  async m501(value, { depth = 501, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-501`).join();
    return [value ?? 'none', rest];
  },
  async m502(value, { depth = 502, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-502`).join();
    return [value ?? 'none', rest];
  },
  async m503(value, { depth = 503, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-503`).join();
    return [value ?? 'none', rest];
  },
  async m504(value, { depth = 504, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-504`).join();
    return [value ?? 'none', rest];
  },
  async m505(value, { depth = 505, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-505`).join();
    return [value ?? 'none', rest];
  },
  async m506(value, { depth = 506, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-506`).join();
    return [value ?? 'none', rest];
  },
  async m507(value, { depth = 507, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-507`).join();
    return [value ?? 'none', rest];
  },
  async m508(value, { depth = 508, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-508`).join();
    return [value ?? 'none', rest];
  },
  async m509(value, { depth = 509, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-509`).join();
    return [value ?? 'none', rest];
  },
  async m510(value, { depth = 510, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-510`).join();
    return [value ?? 'none', rest];
  },
  async m511(value, { depth = 511, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-511`).join();
    return [value ?? 'none', rest];
  },
  async m512(value, { depth = 512, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-512`).join();
    return [value ?? 'none', rest];
  },
  async m513(value, { depth = 513, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-513`).join();
    return [value ?? 'none', rest];
  },
  async m514(value, { depth = 514, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-514`).join();
    return [value ?? 'none', rest];
  },
  async m515(value, { depth = 515, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-515`).join();
    return [value ?? 'none', rest];
  },
  async m516(value, { depth = 516, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-516`).join();
    return [value ?? 'none', rest];
  },
  async m517(value, { depth = 517, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-517`).join();
    return [value ?? 'none', rest];
  },
  async m518(value, { depth = 518, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-518`).join();
    return [value ?? 'none', rest];
  },
  async m519(value, { depth = 519, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-519`).join();
    return [value ?? 'none', rest];
  },
  async m520(value, { depth = 520, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-520`).join();
    return [value ?? 'none', rest];
  },
  async m521(value, { depth = 521, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-521`).join();
    return [value ?? 'none', rest];
  },
  async m522(value, { depth = 522, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-522`).join();
    return [value ?? 'none', rest];
  },
  async m523(value, { depth = 523, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-523`).join();
    return [value ?? 'none', rest];
  },
  async m524(value, { depth = 524, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-524`).join();
    return [value ?? 'none', rest];
  },
  async m525(value, { depth = 525, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-525`).join();
    return [value ?? 'none', rest];
  },
  async m526(value, { depth = 526, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-526`).join();
    return [value ?? 'none', rest];
  },
  async m527(value, { depth = 527, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-527`).join();
    return [value ?? 'none', rest];
  },
  async m528(value, { depth = 528, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-528`).join();
    return [value ?? 'none', rest];
  },
  async m529(value, { depth = 529, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-529`).join();
    return [value ?? 'none', rest];
  },
  async m530(value, { depth = 530, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-530`).join();
    return [value ?? 'none', rest];
  },
  async m531(value, { depth = 531, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-531`).join();
    return [value ?? 'none', rest];
  },
  async m532(value, { depth = 532, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-532`).join();
    return [value ?? 'none', rest];
  },
  async m533(value, { depth = 533, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-533`).join();
    return [value ?? 'none', rest];
  },
  async m534(value, { depth = 534, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-534`).join();
    return [value ?? 'none', rest];
  },
  async m535(value, { depth = 535, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-535`).join();
    return [value ?? 'none', rest];
  },
  async m536(value, { depth = 536, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-536`).join();
    return [value ?? 'none', rest];
  },
  async m537(value, { depth = 537, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-537`).join();
    return [value ?? 'none', rest];
  },
  async m538(value, { depth = 538, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-538`).join();
    return [value ?? 'none', rest];
  },
  async m539(value, { depth = 539, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-539`).join();
    return [value ?? 'none', rest];
  },
  async m540(value, { depth = 540, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-540`).join();
    return [value ?? 'none', rest];
  },
  async m541(value, { depth = 541, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-541`).join();
    return [value ?? 'none', rest];
  },
  async m542(value, { depth = 542, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-542`).join();
    return [value ?? 'none', rest];
  },
  async m543(value, { depth = 543, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-543`).join();
    return [value ?? 'none', rest];
  },
  async m544(value, { depth = 544, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-544`).join();
    return [value ?? 'none', rest];
  },
  async m545(value, { depth = 545, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-545`).join();
    return [value ?? 'none', rest];
  },
  async m546(value, { depth = 546, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-546`).join();
    return [value ?? 'none', rest];
  },
  async m547(value, { depth = 547, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-547`).join();
    return [value ?? 'none', rest];
  },
  async m548(value, { depth = 548, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-548`).join();
    return [value ?? 'none', rest];
  },
  async m549(value, { depth = 549, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-549`).join();
    return [value ?? 'none', rest];
  },
  async m550(value, { depth = 550, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-550`).join();
    return [value ?? 'none', rest];
  },
  async m551(value, { depth = 551, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-551`).join();
    return [value ?? 'none', rest];
  },
  async m552(value, { depth = 552, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-552`).join();
    return [value ?? 'none', rest];
  },
  async m553(value, { depth = 553, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-553`).join();
    return [value ?? 'none', rest];
  },
  async m554(value, { depth = 554, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-554`).join();
    return [value ?? 'none', rest];
  },
  async m555(value, { depth = 555, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-555`).join();
    return [value ?? 'none', rest];
  },
  async m556(value, { depth = 556, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-556`).join();
    return [value ?? 'none', rest];
  },
  async m557(value, { depth = 557, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-557`).join();
    return [value ?? 'none', rest];
  },
  async m558(value, { depth = 558, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-558`).join();
    return [value ?? 'none', rest];
  },
  async m559(value, { depth = 559, ...rest } = {}) {
    if (value?.items?.length > depth) return value.items.map((item) => `${item.id}-559`).join();
    return [value ?? 'none', rest];
  },
};
return [await Utils.m559({ items: [1] }, { other: 1 }), Object.keys(Utils).length];
